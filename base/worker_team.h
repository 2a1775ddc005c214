#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace peekaboo {

/// Threads that wait for numbered tasks and work through them together with the thread that asks.
/// Whoever is free takes the next task, so a thread that shares its processor with another program
/// takes fewer of them. Waiting blocks: it takes no time from other programs. One thread at a time
/// may call Run.
class WorkerTeam {
 public:
  /// `threads` >= 1, the caller of Run included; `begin`, if given, runs first on each of the
  /// others and must not throw. Throws std::system_error where no more threads can be had.
  explicit WorkerTeam(int threads, const std::function<void()>& begin = {});
  ~WorkerTeam();
  WorkerTeam(const WorkerTeam&) = delete;
  WorkerTeam& operator=(const WorkerTeam&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls task(i) once for each i in [0, count), begun in that order, and returns when all are
  /// done. After an exception no further task begins, and the first one is thrown here.
  void Run(int64_t count, const std::function<void(int64_t)>& task);

 private:
  void Stop();
  void Work(const std::function<void()>& begin);
  void TakeTasks(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable begun_, done_;
  const std::function<void(int64_t)>* task_ = nullptr;
  int64_t count_ = 0;    // tasks of this Run
  int64_t next_ = 0;     // the next one to begin
  int64_t running_ = 0;  // begun and not done
  std::exception_ptr failure_;
  bool stop_ = false;
  std::vector<std::jthread> workers_;  // last: its threads use what is above
};

}  // namespace peekaboo
