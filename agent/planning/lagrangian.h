#pragma once

#include <ATen/core/Tensor.h>

#include "agent/planning/problem.h"

namespace peekaboo::agent {

/// The augmented Lagrangian of constraints g <= 0 (Nocedal & Wright 2006, section 17.4), for each
/// candidate apart: cost + (rho / 2) sum_c (max(0, g_c + lambda_c / rho)^2 - (lambda_c / rho)^2).
class AugmentedLagrangian {
 public:
  explicit AugmentedLagrangian(double penalty) : penalty_(penalty) {}

  /// [N], to be minimised; the same candidates at every call.
  at::Tensor Value(const PathScore& score) const;
  /// lambda <- max(0, lambda + rho g).
  void UpdateMultipliers(const PathScore& score);

 private:
  double penalty_;
  at::Tensor multipliers_;  // [N, C]; not defined: 0
};

}  // namespace peekaboo::agent
