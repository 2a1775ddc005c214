#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// How far what came lies from what was predicted. Internal to worldmodel.
struct Deviation {
  at::Tensor error;             ///< [N] f32: mean squared difference
  at::Tensor by_patch;          ///< [N, P] f32: the same for each patch of the grid
  at::Tensor normalised_error;  ///< [N] f32: mean of squared difference over predicted variance
};

/// predicted [N, D], or [N, pixel_code] of a pixel model; variance [N, D or 1] f32; came [N, D]
/// f32, or the frames of a pixel model [N, side, side, channels].
Deviation PredictionError(const Network& network, const at::Tensor& predicted,
                          const at::Tensor& variance, const at::Tensor& target);

/// The variances that go with the predictions: context [N, H + D] -> [N, K * (D or 1)] f32.
at::Tensor ExpectedVariance(const Network& network, const at::Tensor& context);

}  // namespace peekaboo::worldmodel
