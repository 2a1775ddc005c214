#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "worldmodel/model/batch.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::agent {

/// The films that a live infant learns from: the newest `capacity` of them. One thread.
class ReplayBuffer {
 public:
  ReplayBuffer(int frames, int64_t capacity);

  /// pixels: u8 [frames, H, W, 3]; the oldest film goes if there is no room.
  void Add(std::vector<uint8_t> pixels);

  int64_t size() const { return static_cast<int64_t>(films_.size()); }
  int64_t capacity() const { return capacity_; }

  /// `clips` films drawn with replacement, half of them mirrored, as `model` eats them; (seed,
  /// step) decides which of those that are there.
  worldmodel::Batch Draw(const worldmodel::ModelConfig& model, int clips, uint64_t seed,
                         int64_t step) const;

 private:
  int frames_;
  int64_t capacity_;
  std::deque<std::vector<uint8_t>> films_;
};

}  // namespace peekaboo::agent
