#pragma once

#include <functional>
#include <string>
#include <thread>

#include "agent/session/notices.h"
#include "base/bounded_queue.h"

namespace peekaboo::app {

/// Work that a window must not wait for, a slow disk's above all: done one after another by a
/// thread of its own.
class BackgroundTasks {
 public:
  using Task = std::function<std::string()>;

  BackgroundTasks();
  ~BackgroundTasks();  ///< finishes
  BackgroundTasks(const BackgroundTasks&) = delete;
  BackgroundTasks& operator=(const BackgroundTasks&) = delete;

  /// What it returns, if it is not empty, or the UserError that it throws becomes a notice. One
  /// that comes when kMost wait is not done, which is a notice, too.
  void Do(Task task);

  /// Waits until all is done; nothing more may be asked for.
  void Finish();

  /// Any thread.
  const agent::Notices& notices() const { return notices_; }

 private:
  static constexpr size_t kMost = 64;

  void Work();

  BoundedQueue<Task> background_;
  agent::Notices notices_;
  std::thread thread_;
};

}  // namespace peekaboo::app
