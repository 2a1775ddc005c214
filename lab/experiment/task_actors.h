#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/mind/actor.h"
#include "agent/mind/place_readout.h"
#include "base/random.h"
#include "sim/episode/task_layout.h"
#include "sim/render/eye.h"
#include "sim/world/world.h"

namespace peekaboo::lab {

/// A task with all that its episodes share. Immutable while episodes run.
struct TaskExperiment {
  std::shared_ptr<const sim::Scene> scene;
  std::shared_ptr<const sim::Stage> stage;
  agent::ActorConfig actor;
  std::shared_ptr<const agent::ModelDynamics> dynamics;  ///< nullptr: no model acts
  /// Of agent::TaskBodies; nullptr: nothing needs it.
  std::shared_ptr<const agent::PlaceReadout> places;
};

/// Who acts in episodes of a task. Belongs to the thread of its world.
class TaskActor {
 public:
  virtual ~TaskActor() = default;

  /// The world is at the layout's start, and is there again afterwards.
  virtual void Begin(const sim::TaskLayout& layout, RandomStream random) = 0;
  /// The action for now.
  virtual std::vector<float> Act() = 0;
  /// A frame has passed.
  virtual void See() {}

  /// The episode as a model saw it; nothing where no model acts.
  virtual worldmodel::ActedFilms Lived() const { return {}; }

  /// What Act planned last; nullptr: it does not plan.
  virtual const agent::Plan* plan() const { return nullptr; }
  /// Seconds that the last plan took.
  virtual double seconds() const { return 0; }
};

/// Each number of an action uniform in [-1, 1].
std::unique_ptr<TaskActor> MakeRandomActor(const TaskExperiment& experiment);
/// Plans with the model, from what `world`'s camera shows (agent::Actor). The calling thread's
/// GlContext is current. Borrows both.
std::unique_ptr<TaskActor> MakeModelActor(const TaskExperiment& experiment, sim::World* world);
/// Plans with the world itself and true places (agent::SimulatorDynamics). Borrows both.
std::unique_ptr<TaskActor> MakeSimulatorActor(const TaskExperiment& experiment, sim::World* world);

}  // namespace peekaboo::lab
