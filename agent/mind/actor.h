#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/mind/configurator.h"
#include "agent/mind/model_dynamics.h"
#include "agent/planning/planner.h"
#include "base/random.h"
#include "worldmodel/model/live_perception.h"

namespace peekaboo::agent {

/// Acts so that the world becomes as a picture shows it: perceives each frame, plans with the world
/// model over a receding horizon, begins each plan with what is left of the last. Actions by
/// inference, nothing is learned here (LeCun 2022, mode 2). One thread.
class Actor {
 public:
  /// `dynamics` is shared by actors.
  Actor(std::shared_ptr<const ModelDynamics> dynamics, const ActorConfig& config,
        RandomStream random);

  /// A new episode: nothing is remembered. `goal`: u8 [H, W, 3], what is wanted.
  void Begin(std::span<const uint8_t> goal);
  /// The next frame, u8 [H, W, 3]: every frame of the episode, also those in which an action is
  /// held.
  void Perceive(std::span<const uint8_t> frame);
  /// The action [A] for now; plans where the last plan has been carried out. Zeros where no
  /// admissible plan was found: it stops, and tries again at the next action.
  std::vector<float> Act();

  /// What Act planned last; empty before.
  const std::optional<Plan>& plan() const { return plan_; }
  /// Seconds that the last plan took.
  double seconds() const { return seconds_; }

 private:
  void MakePlan();

  std::shared_ptr<const ModelDynamics> dynamics_;
  ActorConfig config_;
  std::unique_ptr<Planner> planner_;
  RandomStream random_;
  std::unique_ptr<Objective> objective_;
  std::deque<worldmodel::FrameState> recent_;  // newest last
  std::optional<Plan> plan_;
  int executed_ = 0;  // actions of plan_
  double seconds_ = 0;
};

}  // namespace peekaboo::agent
