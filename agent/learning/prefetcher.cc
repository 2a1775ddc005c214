#include "agent/learning/prefetcher.h"

#include <chrono>
#include <utility>

namespace peekaboo::agent {

Prefetcher::Prefetcher(const ClipSource& source, int64_t first_step,
                       std::function<double(int64_t)> progress, int depth)
    : source_(source),
      progress_(std::move(progress)),
      depth_(static_cast<size_t>(depth)),
      thread_([this, first_step] { Run(first_step); }) {}

Prefetcher::~Prefetcher() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

void Prefetcher::Run(int64_t step) {
  try {
    for (;; ++step) {
      worldmodel::Batch batch = source_.Make(step, progress_(step));
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stop_ || ready_.size() < depth_; });
      if (stop_) return;
      ready_.push_back(std::move(batch));
      changed_.notify_all();
    }
  } catch (...) {
    std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    changed_.notify_all();
  }
}

worldmodel::Batch Prefetcher::Next() {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return failure_ || !ready_.empty(); });
  waited_seconds_ +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (ready_.empty()) std::rethrow_exception(failure_);
  worldmodel::Batch batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return batch;
}

}  // namespace peekaboo::agent
