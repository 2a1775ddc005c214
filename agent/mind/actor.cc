#include "agent/mind/actor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace peekaboo::agent {

Actor::Actor(std::shared_ptr<const ModelDynamics> dynamics, const ActorConfig& config,
             RandomStream random)
    : dynamics_(std::move(dynamics)), cost_(config.cost), horizon_(*dynamics_, config, random) {}

void Actor::Begin(std::span<const uint8_t> goal, CostContext context) {
  const worldmodel::FrameState wanted = worldmodel::PerceiveFrame(dynamics_->model(), goal, {});
  context.goal = ToLatentState(wanted);
  context.dynamics = dynamics_.get();
  horizon_.Begin(std::make_unique<CostSum>(cost_, std::move(context)));
  recent_.clear();
  moments_.clear();
  actions_.clear();
}

void Actor::Perceive(std::span<const uint8_t> frame) {
  const worldmodel::ModelConfig& config = dynamics_->model().config();
  const auto horizon = static_cast<size_t>(config.horizons.back());
  const auto held = static_cast<size_t>(config.action_repeat);
  std::vector<const worldmodel::FrameState*> recent;
  for (size_t i = recent_.size() - std::min(recent_.size(), horizon); i < recent_.size(); ++i)
    recent.push_back(&recent_[i]);
  recent_.push_back(worldmodel::PerceiveFrame(dynamics_->model(), frame, recent));
  if (recent_.size() > std::max(horizon, held + 1)) recent_.pop_front();
}

worldmodel::LatentState Actor::Now() const {
  const auto held = static_cast<size_t>(dynamics_->model().config().action_repeat);
  const bool known = recent_.size() > held;
  return ToLatentState(recent_.back(), known ? &recent_[recent_.size() - 1 - held] : nullptr);
}

std::vector<float> Actor::Act() {
  PEEKABOO_CHECK(!recent_.empty());
  moments_.push_back(Now());
  std::vector<float> action = horizon_.Act(moments_.back());
  actions_.push_back(at::tensor(action).unsqueeze(0));
  return action;
}

worldmodel::ActedFilms Actor::Lived() const {
  PEEKABOO_CHECK(!actions_.empty());
  const worldmodel::LatentState now = Now();
  std::vector<at::Tensor> z, h, actions = actions_;
  for (const worldmodel::LatentState& moment : moments_) {
    z.push_back(moment.z);
    h.push_back(moment.h);
  }
  z.push_back(now.z);
  h.push_back(now.h);
  actions.push_back(at::zeros_like(actions.back()));  // after the last moment nothing is known
  return {at::cat(z).unsqueeze(0), at::cat(h).unsqueeze(0), at::cat(actions).unsqueeze(0)};
}

}  // namespace peekaboo::agent
