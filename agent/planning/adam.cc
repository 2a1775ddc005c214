#include "agent/planning/adam.h"

#include <ATen/ATen.h>

#include <cmath>

namespace peekaboo::agent {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

}  // namespace

void Adam::Step(const at::Tensor& gradient) {
  const at::NoGradGuard no_gradient;
  const at::Tensor finite = at::nan_to_num(gradient, 0, 0, 0);
  if (!mean_.defined()) {
    mean_ = at::zeros_like(finite);
    square_ = at::zeros_like(finite);
  }
  ++steps_;
  mean_.mul_(kBeta1).add_(finite, 1 - kBeta1);
  square_.mul_(kBeta2).addcmul_(finite, finite, 1 - kBeta2);
  const auto t = static_cast<double>(steps_);
  const at::Tensor mean = mean_ / (1 - std::pow(kBeta1, t));
  const at::Tensor root = (square_ / (1 - std::pow(kBeta2, t))).sqrt() + kEpsilon;
  variable_.addcdiv_(mean, root, -rate_);
}

}  // namespace peekaboo::agent
