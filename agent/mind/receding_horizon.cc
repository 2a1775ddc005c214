#include "agent/mind/receding_horizon.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"

namespace peekaboo::agent {

using Clock = std::chrono::steady_clock;

RecedingHorizon::RecedingHorizon(const Dynamics& dynamics, const ActorConfig& config,
                                 RandomStream random)
    : dynamics_(dynamics),
      config_(config),
      planner_(MakePlanner(config.planner, dynamics.differentiable())),
      random_(random) {}

void RecedingHorizon::Begin(std::unique_ptr<Objective> objective) {
  objective_ = std::move(objective);
  plan_.reset();
  executed_ = 0;
}

std::vector<float> RecedingHorizon::Act(const worldmodel::LatentState& state) {
  PEEKABOO_CHECK(objective_);
  if (!plan_ || !plan_->admissible() ||
      executed_ >= std::min(config_.execute, config_.planner.horizon))
    MakePlan(state, executed_);
  const at::Tensor action = plan_->admissible() ? plan_->actions[executed_].contiguous()
                                                : at::zeros({dynamics_.action_size()});
  ++executed_;
  return {action.data_ptr<float>(), action.data_ptr<float>() + action.numel()};
}

const Plan& RecedingHorizon::MakePlan(const worldmodel::LatentState& state, int passed) {
  PEEKABOO_CHECK(objective_ && passed >= 0);
  const Clock::time_point start = Clock::now();
  objective_->Begin(state);
  PlanningProblem problem;
  problem.dynamics = &dynamics_;
  problem.objective = objective_.get();
  problem.start = state;
  problem.horizon = config_.planner.horizon;
  if (plan_) problem.initial = ShiftActions(plan_->candidates, passed);
  const std::chrono::duration<double, std::milli> budget(config_.planner.budget_ms);
  if (config_.planner.budget_ms > 0)
    problem.out_of_time = [=] { return Clock::now() - start >= budget; };
  plan_ = planner_->Solve(problem, random_);
  executed_ = 0;
  seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
  return *plan_;
}

}  // namespace peekaboo::agent
