#include "agent/mind/actor.h"

#include <ATen/ATen.h>

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
  std::vector<const worldmodel::FrameState*> recent;
  for (const worldmodel::FrameState& state : recent_) recent.push_back(&state);
  recent_.push_back(worldmodel::PerceiveFrame(dynamics_->model(), frame, recent));
  const auto most = static_cast<size_t>(dynamics_->model().config().horizons.back());
  if (recent_.size() > most) recent_.pop_front();
}

std::vector<float> Actor::Act() {
  PEEKABOO_CHECK(!recent_.empty());
  moments_.push_back(ToLatentState(recent_.back()));
  std::vector<float> action = horizon_.Act(moments_.back());
  actions_.push_back(at::tensor(action).unsqueeze(0));
  return action;
}

worldmodel::ActedFilms Actor::Lived() const {
  PEEKABOO_CHECK(!actions_.empty());
  const worldmodel::LatentState now = ToLatentState(recent_.back());
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
