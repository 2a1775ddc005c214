#include "agent/planning/restarts.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "agent/planning/noise.h"

namespace peekaboo::agent {
namespace {

// Actions at the limits have a flat tanh: what begins there would stay there.
constexpr double kMostAction = 0.95;

}  // namespace

at::Tensor DrawRestarts(const PlanningProblem& problem, int64_t restarts, double noise,
                        double correlation, RandomStream& random) {
  const at::NoGradGuard no_gradient;
  const int64_t size = problem.dynamics->action_size();
  const at::Tensor mixing = AutoregressiveNoise(problem.horizon, correlation);
  at::Tensor known = at::zeros({1, problem.horizon, size});
  if (problem.initial.defined()) {
    // Half of them at most: the others look elsewhere than the plan before.
    const int64_t rows = std::min(problem.initial.size(0), std::max<int64_t>(1, restarts / 2));
    known = problem.initial.slice(0, 0, rows).clamp(-kMostAction, kMostAction).atanh();
  }
  const int64_t others = restarts - known.size(0);
  if (others <= 0) return known.clone();
  return at::cat({known, known[0] + noise * DrawNoise(mixing, others, size, random)});
}

worldmodel::LatentState RepeatState(const worldmodel::LatentState& state, int64_t rows) {
  const auto repeat = [&](const at::Tensor& row) { return row.expand({rows, -1}).contiguous(); };
  return {repeat(state.z), repeat(state.h),
          state.before.defined() ? repeat(state.before) : at::Tensor()};
}

}  // namespace peekaboo::agent
