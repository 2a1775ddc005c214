#include "agent/mind/actor.h"

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
  return horizon_.Act(ToLatentState(recent_.back()));
}

}  // namespace peekaboo::agent
