#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"

namespace peekaboo {

/// A bounded queue into one thread. Any thread may put in; one takes out.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) { PEEKABOO_CHECK(capacity > 0); }

  /// Never waits: false, and counted, if the queue is full.
  bool Offer(T item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return false;
      if (items_.size() >= capacity_) {
        ++dropped_;
        return false;
      }
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
    return true;
  }

  /// Waits for room; false if the queue was closed.
  bool Push(T item) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
      if (closed_) return false;
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
    return true;
  }

  /// Takes it even if the queue is full: for a thread that puts in and takes out itself.
  void PushOver(T item) {
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
  }

  /// Nothing if there is none.
  std::optional<T> Take() {
    std::optional<T> item;
    {
      const std::lock_guard lock(mutex_);
      if (items_.empty()) return item;
      item = std::move(items_.front());
      items_.pop_front();
    }
    changed_.notify_all();
    return item;
  }

  /// Waits for one; nothing if the queue was closed and is empty.
  std::optional<T> Next() {
    std::optional<T> item;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return closed_ || !items_.empty(); });
      if (items_.empty()) return item;
      item = std::move(items_.front());
      items_.pop_front();
    }
    changed_.notify_all();
    return item;
  }

  /// Waits until there is something to take, `seconds` have passed, or the queue is closed or
  /// nudged.
  void Wait(double seconds) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                      [&] { return closed_ || nudged_ || !items_.empty(); });
    nudged_ = false;
  }

  /// Ends a Wait, or the next one.
  void Nudge() {
    {
      const std::lock_guard lock(mutex_);
      nudged_ = true;
    }
    changed_.notify_all();
  }

  /// Nothing more comes in, and nobody waits any longer.
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
  uint64_t dropped_ = 0;
  bool closed_ = false;
  bool nudged_ = false;
};

}  // namespace peekaboo
