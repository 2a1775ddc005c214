#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "agent/session/snapshot.h"

namespace peekaboo::agent {

/// The last few things that people should read. Any thread.
class Notices {
 public:
  void Add(Notice::Level level, std::string text) {
    const std::lock_guard lock(mutex_);
    notices_.push_back({level, std::move(text), ++count_});
    if (notices_.size() > kKept) notices_.pop_front();
  }

  /// Those after number `seen`, oldest first.
  std::vector<Notice> After(int64_t seen) const {
    const std::lock_guard lock(mutex_);
    std::vector<Notice> after;
    for (const Notice& notice : notices_) {
      if (notice.number > seen) after.push_back(notice);
    }
    return after;
  }

 private:
  static constexpr size_t kKept = 64;
  mutable std::mutex mutex_;
  std::deque<Notice> notices_;
  int64_t count_ = 0;
};

}  // namespace peekaboo::agent
