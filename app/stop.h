#pragma once

#include <atomic>

namespace peekaboo::app {

/// Ctrl-C and SIGTERM, while an object of this class lives: the first asks the work to stop at its
/// next step boundary, where it can be resumed; the second kills. One object at a time
/// (PEEKABOO_CHECK), made and destroyed by the main thread.
class StopOnInterrupt {
 public:
  StopOnInterrupt();
  StopOnInterrupt(const StopOnInterrupt&) = delete;
  StopOnInterrupt& operator=(const StopOnInterrupt&) = delete;
  /// What the signals did before comes back.
  ~StopOnInterrupt();

  /// True from the first signal on. Any thread.
  const std::atomic<bool>& requested() const;
};

}  // namespace peekaboo::app
