#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "agent/planning/problem.h"
#include "base/random.h"

namespace peekaboo::agent {

/// Where planners that follow gradients begin: [restarts, H, A] f32, u with tanh(u) the actions.
/// The first are `problem.initial`, the rest are noise around its first (around 0 without one).
at::Tensor DrawRestarts(const PlanningProblem& problem, int64_t restarts, double noise,
                        double correlation, RandomStream& random);

/// `state`'s one row, `rows` times.
worldmodel::LatentState RepeatState(const worldmodel::LatentState& state, int64_t rows);

}  // namespace peekaboo::agent
