#include "agent/planning/lagrangian.h"

#include <ATen/ATen.h>

namespace peekaboo::agent {

at::Tensor AugmentedLagrangian::Value(const PathScore& score) const {
  if (!score.constraint.defined()) return score.cost;
  if (!multipliers_.defined())
    return score.cost + penalty_ / 2 * score.constraint.clamp_min(0).square().sum(1);
  const at::Tensor shift = multipliers_ / penalty_;
  const at::Tensor active = (score.constraint + shift).clamp_min(0);
  return score.cost + penalty_ / 2 * (active.square() - shift.square()).sum(1);
}

void AugmentedLagrangian::UpdateMultipliers(const PathScore& score) {
  if (!score.constraint.defined()) return;
  const at::NoGradGuard no_gradient;
  const at::Tensor step = penalty_ * at::nan_to_num(score.constraint.detach(), 0, 0, 0);
  multipliers_ = (multipliers_.defined() ? multipliers_ + step : step).clamp_min(0);
}

}  // namespace peekaboo::agent
