#include "base/worker_team.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace peekaboo {

WorkerTeam::WorkerTeam(int threads, const std::function<void()>& begin) {
  PEEKABOO_CHECK(threads >= 1);
  try {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this, begin] { Work(begin); });
  } catch (...) {  // no more threads to be had: those that wait must not be waited for
    Stop();
    throw;
  }
}

WorkerTeam::~WorkerTeam() { Stop(); }

void WorkerTeam::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  begun_.notify_all();
}

void WorkerTeam::Run(int64_t count, const std::function<void(int64_t)>& task) {
  std::unique_lock lock(mutex_);
  PEEKABOO_CHECK(task_ == nullptr);
  task_ = &task;
  count_ = count;
  next_ = 0;
  // One task is for this thread. More sleepers than tasks need not be woken.
  const int64_t useful = std::min<int64_t>(count - 1, static_cast<int64_t>(workers_.size()));
  for (int64_t i = 0; i < useful; ++i) begun_.notify_one();
  TakeTasks(lock);
  done_.wait(lock, [this] { return running_ == 0; });
  task_ = nullptr;
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void WorkerTeam::TakeTasks(std::unique_lock<std::mutex>& lock) {
  while (task_ != nullptr && next_ < count_) {
    const int64_t index = next_++;
    ++running_;
    lock.unlock();
    std::exception_ptr failure;
    try {
      (*task_)(index);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    --running_;
    if (failure) {
      if (!failure_) failure_ = failure;
      next_ = count_;
    }
    if (next_ >= count_ && running_ == 0) done_.notify_one();
  }
}

void WorkerTeam::Work(const std::function<void()>& begin) {
  if (begin) begin();
  std::unique_lock lock(mutex_);
  while (true) {
    begun_.wait(lock, [this] { return stop_ || (task_ != nullptr && next_ < count_); });
    if (stop_) return;
    TakeTasks(lock);
  }
}

}  // namespace peekaboo
