#include "agent/learning/prefetcher.h"

#include <chrono>
#include <optional>
#include <utility>

namespace peekaboo::agent {

Prefetcher::Prefetcher(const ClipSource& source, int64_t first_step,
                       std::function<double(int64_t)> progress, int depth)
    : source_(source),
      progress_(std::move(progress)),
      ready_(static_cast<size_t>(depth)),
      thread_([this, first_step] { Run(first_step); }) {}

Prefetcher::~Prefetcher() { ready_.Close(); }

void Prefetcher::Run(int64_t step) {
  try {
    while (ready_.Push(source_.Make(step, progress_(step)))) ++step;
  } catch (...) {
    failure_ = std::current_exception();
    ready_.Close();
  }
}

worldmodel::Batch Prefetcher::Next() {
  const auto start = std::chrono::steady_clock::now();
  std::optional<worldmodel::Batch> batch = ready_.Next();
  waited_seconds_ +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!batch) std::rethrow_exception(failure_);
  return *std::move(batch);
}

}  // namespace peekaboo::agent
