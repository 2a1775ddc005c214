#pragma once

#include <ATen/core/Tensor.h>

namespace peekaboo::worldmodel {

/// SIGReg (LeJEPA, Balestriero & LeCun 2025): how far samples are from a standard normal
/// distribution, by the Epps-Pulley test of their projections on directions. With t_k = 3 k / 16,
/// k = 0..16, phi = exp(-t^2 / 2), w_k = 2 (3 / 16) phi(t_k), half that at both ends:
///
///     N * sum_k w_k [(mean cos(t_k x) - phi(t_k))^2 + (mean sin(t_k x))^2], mean over directions
///
/// samples [N, D] f32, directions [D, M] f32 with unit columns -> one number, differentiable in the
/// samples.
at::Tensor SigReg(const at::Tensor& samples, const at::Tensor& directions);

}  // namespace peekaboo::worldmodel
