#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/mind/configurator.h"
#include "agent/mind/cost.h"
#include "agent/mind/model_dynamics.h"
#include "agent/mind/receding_horizon.h"
#include "worldmodel/learners/transition_learner.h"
#include "worldmodel/model/live_perception.h"

namespace peekaboo::agent {

/// Acts so that the world becomes as a picture shows it: perceives each frame and plans with the
/// world model. One thread.
class Actor {
 public:
  /// `dynamics` is shared by actors.
  Actor(std::shared_ptr<const ModelDynamics> dynamics, const ActorConfig& config,
        RandomStream random);

  /// A new episode: nothing is remembered. `goal`: u8 [H, W, 3], what is wanted. `context`: what
  /// else costs and guards may know; its goal and dynamics are set here.
  void Begin(std::span<const uint8_t> goal, CostContext context = {});
  /// The next frame, u8 [H, W, 3]: every frame of the episode, also those in which an action is
  /// held.
  void Perceive(std::span<const uint8_t> frame);
  /// RecedingHorizon::Act, from what was perceived last.
  std::vector<float> Act();

  /// The episode so far, one film [1, L, ...], a moment for each call of Act and the present one.
  worldmodel::ActedFilms Lived() const;

  const std::optional<Plan>& plan() const { return horizon_.plan(); }
  double seconds() const { return horizon_.seconds(); }

 private:
  worldmodel::LatentState Now() const;

  std::shared_ptr<const ModelDynamics> dynamics_;
  CostConfig cost_;
  RecedingHorizon horizon_;
  std::deque<worldmodel::FrameState> recent_;  // newest last
  std::vector<worldmodel::LatentState> moments_;
  std::vector<at::Tensor> actions_;  // [1, A], of each of them
};

}  // namespace peekaboo::agent
