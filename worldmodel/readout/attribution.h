#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "worldmodel/model/live_perception.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// Where in a frame its surprise lies: how strongly each pixel of `frame`, u8 [H, W, 3], moves the
/// error of one horizon (a saliency map, Simonyan et al. 2013, equation 3, of the energy instead of
/// a class; absolute, summed over colours), times the share of its patch in that error, smoothed.
/// `recent` as for PerceiveFrame; `horizon_index` in [0, K). Returns [H, W], not negative, summing
/// to the error; 0 everywhere while nothing was predicted, and if the error or its gradient is not
/// finite. Writes nothing to the model: any number of threads may call it, and PerceiveFrame, with
/// one model.
std::vector<float> Attribute(const WorldModel& model, std::span<const uint8_t> frame,
                             std::span<const FrameState* const> recent, int horizon_index);

}  // namespace peekaboo::worldmodel
