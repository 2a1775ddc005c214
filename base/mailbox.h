#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace peekaboo {

/// The latest of what one thread publishes for others: an immutable snapshot. Neither side ever
/// waits for the other's work. Any thread.
template <typename T>
class Mailbox {
 public:
  void Put(std::shared_ptr<const T> value) {
    // The old value may be the last of its kind: it is freed outside of the lock.
    const std::lock_guard lock(mutex_);
    value_.swap(value);
  }

  /// nullptr before the first Put.
  std::shared_ptr<const T> Get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace peekaboo
