#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace peekaboo::worldmodel {

/// Squared error of predictions at several horizons, and its gradient, in one pass.
/// predictions [B, T, K, D] f32 or bf16: predictions[b, t, i] is of targets[b, t + horizons[i]];
/// targets [B, T, D] f32. Returns one number: the mean over clips, frames and numbers, averaged
/// over horizons; differentiable in predictions and in targets. `by_horizon`, if given, gets the
/// K means.
at::Tensor HorizonError(const at::Tensor& predictions, const at::Tensor& targets,
                        const std::vector<int>& horizons,
                        std::vector<double>* by_horizon = nullptr);

/// Bounds of the logarithm of a predicted variance.
inline constexpr float kLogVarianceMin = -9.0f;
inline constexpr float kLogVarianceMax = 3.0f;

/// Negative log-likelihood, up to constants, of those errors under a normal distribution with
/// diagonal variance exp(log_variance): mean of log_variance + error^2 / variance, averaged over
/// horizons. log_variance [B, T, K, D] of predictions' type, clamped to the bounds above, the only
/// input that gets a gradient. Kendall & Gal 2017, equation 8, without the factor 1/2.
at::Tensor VarianceLoss(const at::Tensor& log_variance, const at::Tensor& predictions,
                        const at::Tensor& targets, const std::vector<int>& horizons);

}  // namespace peekaboo::worldmodel
