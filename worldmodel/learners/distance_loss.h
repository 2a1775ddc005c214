#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// What teaches the TemporalDistance d, from M moments of films of one world and the moments one
/// action later, latents `before` and `after` [M, D] (quasimetric learning: Wang, Torralba, Isola &
/// Zhang 2023, arXiv 2304.01203, here with a metric and a fixed multiplier):
///
///     mean_m max(0, d(before_m, after_m) - 1)^2 + c mean_{i,j} softplus(far - d(z_i, z_j)),
///
/// i and j over all 2 M latents. An action leads no further than 1; subject to that, everything
/// lies as far apart as it can, so that d becomes the length of the shortest way that the films
/// know. No gradient reaches the latents.
at::Tensor ComputeDistanceLoss(const Network& network, const at::Tensor& before,
                               const at::Tensor& after, at::ScalarType type,
                               GradientTape* tape = nullptr);

}  // namespace peekaboo::worldmodel
