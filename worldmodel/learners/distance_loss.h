#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// What teaches the TemporalDistance d, from the latents z [L, D] after each action of one clip
/// (quasimetric learning: Wang, Torralba, Isola & Zhang 2023, arXiv 2304.01203, here with a metric
/// and a fixed multiplier):
///
///     mean_t max(0, d(z_t, z_{t+1}) - 1)^2 + c mean_{i<j} softplus(far - d(z_i, z_j))
///
/// An action leads no further than 1; subject to that, everything lies as far apart as it can, so
/// that d becomes the length of the shortest way. No gradient reaches z.
at::Tensor ComputeDistanceLoss(const Network& network, const at::Tensor& z, at::ScalarType type,
                               GradientTape* tape = nullptr);

}  // namespace peekaboo::worldmodel
