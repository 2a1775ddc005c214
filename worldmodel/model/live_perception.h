#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// What a world model makes of one more frame, and what it expects after it. D, H, K, P from the
/// ModelConfig; E is D, or pixel_code for a pixel model.
struct FrameState {
  std::vector<float> z;            ///< [D], latent
  std::vector<float> h;            ///< [H], memory after this frame
  std::vector<float> predicted;    ///< [K, E], what is expected horizons[k] frames from now
  std::vector<float> variance;     ///< [K, D] (pixel model: [K]), expected of those predictions
  std::vector<float> error;        ///< [K], as Perception::error; NaN while nothing was predicted
  std::vector<float> error_patch;  ///< [K, P], as Perception::error_patch
  std::vector<float> normalised_error;  ///< [K], as Perception::normalised_error
};

/// Perceives one more frame, u8 [H, W, 3]. `recent`: the states of the frames before it,
/// newest last, as many as there are up to the longest horizon; none for the first frame. Agrees
/// with WorldModel::Perceive but for rounding. Any number of threads may call it with one model.
FrameState PerceiveFrame(const WorldModel& model, std::span<const uint8_t> frame,
                         std::span<const FrameState* const> recent);

/// `count` frames from the beginning, u8 [count, H, W, 3], one after another.
std::vector<FrameState> PerceiveClip(const WorldModel& model, std::span<const uint8_t> frames,
                                     int count);

}  // namespace peekaboo::worldmodel
