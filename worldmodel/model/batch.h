#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "base/check.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// Clips as the encoder eats them, and the actions in them: frames pixel-unshuffled and normalised
/// by a FrameCodec, [clips, frames, side, side, channels], in one 64-byte aligned buffer of numbers
/// of the model's precision, which the trainer reads in place. Moves, does not copy. One thread
/// writes; many may read after that.
class Batch {
 public:
  Batch(const ModelConfig& model, int clips, int frames)
      : clips_(clips),
        frames_(frames),
        precision_(model.ProductPrecision()),
        clip_bytes_(size_t{precision_ == Precision::kBf16 ? 2u : 4u} * frames * model.FrameBytes()),
        action_size_(model.action_size),
        actions_(size_t{1} * clips * frames * model.action_size) {
    PEEKABOO_CHECK(clips > 0 && frames > 0);
    data_.reset(static_cast<std::byte*>(
        ::operator new[](clip_bytes_* clips, std::align_val_t{kAlignment})));
  }

  int clips() const { return clips_; }
  int frames() const { return frames_; }
  Precision precision() const { return precision_; }

  /// Where clip `b`'s frames go.
  std::span<std::byte> Clip(int b) { return {data_.get() + Offset(b), clip_bytes_}; }
  std::span<const std::byte> Clip(int b) const { return {data_.get() + Offset(b), clip_bytes_}; }
  const std::byte* data() const { return data_.get(); }

  /// A, 0 for a model without actions.
  int action_size() const { return action_size_; }
  /// Clip `b`'s actions, [frames, A], zero until they are written: each works from its frame to the
  /// next; the last row is not used. NaN in the first: nobody acts in this clip.
  std::span<float> Actions(int b) {
    const size_t size = size_t{1} * frames_ * action_size_;
    PEEKABOO_CHECK(b >= 0 && b < clips_);
    return std::span(actions_).subspan(b * size, size);
  }
  const float* actions() const { return actions_.data(); }

 private:
  static constexpr size_t kAlignment = 64;
  struct Free {
    void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t{kAlignment}); }
  };
  size_t Offset(int b) const {
    PEEKABOO_CHECK(b >= 0 && b < clips_);
    return clip_bytes_ * b;
  }

  int clips_;
  int frames_;
  Precision precision_;
  size_t clip_bytes_;
  std::unique_ptr<std::byte[], Free> data_;
  int action_size_;
  std::vector<float> actions_;  // [clips, frames, A]
};

}  // namespace peekaboo::worldmodel
