#include "agent/learning/replay_buffer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "worldmodel/model/frame_codec.h"

namespace peekaboo::agent {

ReplayBuffer::ReplayBuffer(int frames, int64_t capacity) : frames_(frames), capacity_(capacity) {
  PEEKABOO_CHECK(frames > 0 && capacity > 0);
}

void ReplayBuffer::Add(std::vector<uint8_t> pixels) {
  PEEKABOO_CHECK(!pixels.empty() && pixels.size() % static_cast<size_t>(frames_) == 0);
  films_.push_back(std::move(pixels));
  if (size() > capacity_) films_.pop_front();
}

worldmodel::Batch ReplayBuffer::Draw(const worldmodel::ModelConfig& model, int clips, uint64_t seed,
                                     int64_t step) const {
  PEEKABOO_CHECK(!films_.empty());
  const worldmodel::FrameCodec codec(model);
  RandomStream random(seed, "replay", static_cast<uint64_t>(step));
  worldmodel::Batch batch(model, clips, frames_);
  for (int b = 0; b < clips; ++b) {
    const auto& film = films_[random.Below(films_.size())];
    codec.PackClip(film, {.mirror = random.Chance(0.5)}, batch.Clip(b));
    // Nobody acts in the nursery.
    std::ranges::fill(batch.Actions(b), std::numeric_limits<float>::quiet_NaN());
  }
  return batch;
}

}  // namespace peekaboo::agent
