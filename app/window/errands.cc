#include "app/window/errands.h"

#include <utility>

#include "base/error.h"

namespace peekaboo::app {

Errands::Errands() : errands_(kMost), thread_([this] { Work(); }) {}

Errands::~Errands() { Finish(); }

void Errands::Finish() {
  errands_.Close();
  if (thread_.joinable()) thread_.join();
}

void Errands::Do(Errand errand) {
  if (!errands_.Offer(std::move(errand)))
    notices_.Add(agent::Notice::Level::kError, "files cannot be written as fast as that");
}

void Errands::Work() {
  while (const auto errand = errands_.Next()) {
    try {
      std::string news = (*errand)();
      if (!news.empty()) notices_.Add(agent::Notice::Level::kInfo, std::move(news));
    } catch (const UserError& error) {
      notices_.Add(agent::Notice::Level::kError, error.what());
    }
  }
}

}  // namespace peekaboo::app
