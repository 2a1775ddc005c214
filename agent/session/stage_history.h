#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "agent/mind/observation.h"
#include "agent/session/snapshot.h"
#include "base/check.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

/// The last moments of a stage, any of which can be gone back to. Moments count from 0 as time goes
/// on; what comes after the present one is kept until time goes on from there. One thread.
class StageHistory {
 public:
  /// One moment, as it is needed to show it or to go on from it.
  struct Entry {
    std::shared_ptr<const EpisodeSpec> spec;
    sim::WorldState state;
    int64_t episode = 0;
    std::vector<sim::ObjectTruth> objects;
    int64_t serial = 0;                          ///< Observation::serial
    int frame = 0;                               ///< of the episode
    std::shared_ptr<const Goal> goal = nullptr;  ///< nullptr: the scene is no task
    TaskProgress progress = {};                  ///< of the goal
  };

  /// Keeps so many moments, at least 2.
  explicit StageHistory(int64_t capacity) : capacity_(capacity) { PEEKABOO_CHECK(capacity >= 2); }

  bool empty() const { return moment_ < 0; }
  int64_t moment() const { return moment_; }  ///< the present one; -1: none
  int64_t oldest() const { return oldest_; }
  int64_t newest() const { return oldest_ + static_cast<int64_t>(entries_.size()) - 1; }
  const Entry& now() const {
    PEEKABOO_CHECK(moment_ >= oldest_ && moment_ <= newest());
    return entries_[static_cast<size_t>(moment_ - oldest_)];
  }
  Entry& now() { return const_cast<Entry&>(std::as_const(*this).now()); }

  /// nullptr if it is not (any longer) there.
  const Entry* Find(int64_t moment) const {
    return moment >= oldest_ && moment <= newest()
               ? &entries_[static_cast<size_t>(moment - oldest_)]
               : nullptr;
  }

  void GoTo(int64_t moment) {
    PEEKABOO_CHECK(moment >= oldest_ && moment <= newest());
    moment_ = moment;
  }
  /// Forgets what comes after the present moment.
  void CutFuture() {
    while (!empty() && newest() > moment_) entries_.pop_back();
  }
  /// The next moment, which becomes the present one. Forgets what came after the last, and the
  /// oldest moment if there are too many.
  void Append(Entry entry) {
    CutFuture();
    entries_.push_back(std::move(entry));
    ++moment_;
    while (static_cast<int64_t>(entries_.size()) > capacity_) {
      entries_.pop_front();
      ++oldest_;
    }
  }

 private:
  int64_t capacity_;
  std::deque<Entry> entries_;
  int64_t oldest_ = 0;  // moment of entries_.front()
  int64_t moment_ = -1;
};

}  // namespace peekaboo::agent
