#include "agent/mind/receding_horizon.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/planning/candidates.h"
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

void RecedingHorizon::PreferRest(const PlanningProblem& problem) {
  const at::NoGradGuard no_gradient;
  BestPlan still(problem);
  const Candidates rest =
      still.Evaluate(at::zeros({1, problem.horizon, problem.dynamics->action_size()}));
  const bool allowed = rest.violation.empty() || rest.violation[0] <= 0;
  if (!allowed || (plan_->admissible() && plan_->cost < (1 - config_.calm) * rest.cost[0])) return;
  still.Offer(rest);
  Plan plan = still.Finish(rest, 1);
  plan.candidates = plan_->candidates;  // the next plan begins with what was found
  plan.costs = plan_->costs;
  plan.transitions += plan_->transitions;
  plan.cut_short = plan_->cut_short;
  plan_ = std::move(plan);
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
  if (config_.calm > 0) PreferRest(problem);
  executed_ = 0;
  seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
  return *plan_;
}

}  // namespace peekaboo::agent
