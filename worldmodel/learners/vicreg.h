#pragma once

#include <ATen/core/Tensor.h>

namespace peekaboo::worldmodel {

/// The variance and covariance terms of VICReg (Bardes, Ponce & LeCun 2022, equations 1 to 4), with
/// unbiased variance and covariance over the samples:
///
///     mean_j max(0, 1 - sqrt(Var_j + 1e-4)) + covariance_weight * sum_{i != j} C_ij^2 / D
///
/// samples [N, D] f32, N > 1 -> one number, differentiable.
at::Tensor VicReg(const at::Tensor& samples, double covariance_weight);

}  // namespace peekaboo::worldmodel
