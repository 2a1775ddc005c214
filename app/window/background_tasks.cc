#include "app/window/background_tasks.h"

#include <utility>

#include "base/error.h"

namespace peekaboo::app {

BackgroundTasks::BackgroundTasks() : background_(kMost), thread_([this] { Work(); }) {}

BackgroundTasks::~BackgroundTasks() { Finish(); }

void BackgroundTasks::Finish() {
  background_.Close();
  if (thread_.joinable()) thread_.join();
}

void BackgroundTasks::Do(Task task) {
  if (!background_.Offer(std::move(task)))
    notices_.Add(agent::Notice::Level::kError, "files cannot be written as fast as that");
}

void BackgroundTasks::Work() {
  while (const auto task = background_.Next()) {
    try {
      std::string news = (*task)();
      if (!news.empty()) notices_.Add(agent::Notice::Level::kInfo, std::move(news));
    } catch (const UserError& error) {
      notices_.Add(agent::Notice::Level::kError, error.what());
    }
  }
}

}  // namespace peekaboo::app
