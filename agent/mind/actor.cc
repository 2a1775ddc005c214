#include "agent/mind/actor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"

namespace peekaboo::agent {

using Clock = std::chrono::steady_clock;

Actor::Actor(std::shared_ptr<const ModelDynamics> dynamics, const ActorConfig& config,
             RandomStream random)
    : dynamics_(std::move(dynamics)),
      config_(config),
      planner_(MakePlanner(config.planner, dynamics_->differentiable())),
      random_(random) {}

void Actor::Begin(std::span<const uint8_t> goal) {
  const worldmodel::FrameState wanted = worldmodel::PerceiveFrame(dynamics_->model(), goal, {});
  objective_ = std::make_unique<CostSum>(config_.cost,
                                         CostContext{ToLatentState(wanted).z, dynamics_.get()});
  recent_.clear();
  plan_.reset();
  executed_ = 0;
}

void Actor::Perceive(std::span<const uint8_t> frame) {
  std::vector<const worldmodel::FrameState*> recent;
  for (const worldmodel::FrameState& state : recent_) recent.push_back(&state);
  recent_.push_back(worldmodel::PerceiveFrame(dynamics_->model(), frame, recent));
  const auto most = static_cast<size_t>(dynamics_->model().config().horizons.back());
  if (recent_.size() > most) recent_.pop_front();
}

std::vector<float> Actor::Act() {
  PEEKABOO_CHECK(objective_ && !recent_.empty());
  if (!plan_ || !plan_->admissible() ||
      executed_ >= std::min(config_.execute, config_.planner.horizon))
    MakePlan();
  const at::Tensor action = plan_->admissible() ? plan_->actions[executed_].contiguous()
                                                : at::zeros({dynamics_->action_size()});
  ++executed_;
  return {action.data_ptr<float>(), action.data_ptr<float>() + action.numel()};
}

void Actor::MakePlan() {
  const Clock::time_point start = Clock::now();
  PlanningProblem problem;
  problem.dynamics = dynamics_.get();
  problem.objective = objective_.get();
  problem.start = ToLatentState(recent_.back());
  problem.horizon = config_.planner.horizon;
  if (plan_) problem.initial = ShiftActions(plan_->candidates, executed_);
  const std::chrono::duration<double, std::milli> budget(config_.planner.budget_ms);
  if (config_.planner.budget_ms > 0)
    problem.out_of_time = [=] { return Clock::now() - start >= budget; };
  plan_ = planner_->Solve(problem, random_);
  executed_ = 0;
  seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace peekaboo::agent
