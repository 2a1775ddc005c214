#pragma once

#include <mujoco/mujoco.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "sim/world/apply_draw.h"
#include "sim/world/event_schedule.h"
#include "sim/world/physics.h"
#include "sim/world/pointer_force.h"
#include "sim/world/ray.h"

namespace peekaboo::sim {

/// Everything that the future of a World depends on. Opaque; belongs to the world that made it.
struct WorldState {
  PhysicsState physics;
  EventSchedule::State events;
  int frame = 0;
};

/// A stage with one draw applied, moving forward frame by frame. Fixtures follow their scripts
/// (screens rise and fall, platforms move away), events change the laws.
///
/// An event takes effect at the beginning of the first frame in which its condition comes true:
/// the world steps, and if a condition came true on the way it goes back to the frame before, lets
/// the event happen and steps again. So a ball that will pass through a wall is told so before it
/// touches it, and all frames before `event_frames()` are the same bits as without the event.
///
/// Deterministic: the same draw and events give the same states. One thread at a time.
class World {
 public:
  explicit World(std::shared_ptr<const Stage> stage) : physics_(std::move(stage)) {}

  /// Starts `scene` with `draw` at frame 0. `events`: those of the scene and of the member filmed;
  /// both are copied. Throws UserError for a draw that cannot be (a size below 0).
  void Reset(const Scene& scene, const Draw& draw, const std::vector<Event>& events);

  /// Told, on the way through a frame, which share of it has been simulated; more than once when a
  /// frame is played again because of an event.
  using Watcher = std::function<void(double share)>;

  /// Advances by one frame (1 / frame_hz seconds). Throws UserError when the physics diverges.
  void StepFrame(const Watcher& watcher = {});

  /// Tells what the eye saw of `body` in this frame, for events that wait until it is hidden
  /// (Hiding). They take effect in the next frame.
  void NoteSight(const std::string& body, const Sight& sight) {
    events_.NoteSight(physics_, body, sight, frame_, time());
  }
  bool NeedsVisibility() const { return events_.NeedsVisibility(); }

  /// Breaks a law now, from the next StepFrame on (ApplyIntervention).
  void Apply(const Intervention& intervention);

  /// The action [A], as Stage::actions() describes it, that works from now on, until the next one
  /// or a Reset, after which all controls are 0. As the eye sees it: in a mirrored world left and
  /// right are exchanged. Part of the state. A number that is not finite is a bug (CHECK).
  void Act(std::span<const float> action);
  /// All controls are 0 from now on, as after a Reset.
  void Rest();

  // For people who play with the world while it runs.

  /// CastRay.
  std::optional<RayHit> Pick(const double origin[3], const double direction[3],
                             bool through = false) const {
    return CastRay(physics_, origin, direction, through);
  }

  // PointerForce. Not part of the state: Restore neither begins nor ends it.
  void Pull(const Entity& body, const double point[3]) { pointer_.Pull(body, point, &physics_); }
  void Twist(const Entity& body, double by) { pointer_.Twist(body, by, &physics_); }
  void LetGo() { pointer_.LetGo(&physics_); }

  /// Puts all joints there at once, `qpos` [nq] in MuJoCo's units; everything then stands still.
  /// Throws UserError for another number of them, or one that is not finite.
  void Configure(std::span<const double> qpos);

  /// Puts the centre of a body, or of a fixture, there at once [m]; a body then stands still, a
  /// fixture has its script go on from there. Throws UserError for what cannot be moved.
  void Place(const Entity& entity, double x, double z);

  /// Turns a body on about y [rad] at once; it then stands still. Throws UserError for a body that
  /// has no such joint.
  void Turn(const Entity& body, double by);

  /// AdjustFactor; the caller Resets where it returns false. Part of the state, and of draw():
  /// Reset with that does the same.
  bool Adjust(const Scene& scene, const std::string& key, const Value& value) {
    return AdjustFactor(scene, key, value, &physics_);
  }

  /// The time step of the physics, 0.5 to 20 ms, until the next Reset; part of the state. Throws
  /// UserError.
  void SetTimeStep(double seconds) { physics_.SetTimeStep(seconds); }

  int frame() const { return frame_; }
  double time() const { return frame_ / physics_.frame_hz(); }  ///< s
  const Stage& stage() const { return physics_.stage(); }
  const mjModel* model() const { return physics_.model(); }
  mjData* data() const { return physics_.data(); }
  const Draw& draw() const { return physics_.draw(); }
  bool mirrored() const { return physics_.mirrored(); }
  /// For each event, the first frame in which it is in force; -1 if it has not happened.
  const std::vector<int>& event_frames() const { return events_.in_force(); }

  BodyReading Read(const Entity& body) const { return physics_.Read(body); }
  /// Whether a body or a fixture is in the world.
  bool IsPresent(const Entity& entity) const { return physics_.IsPresent(entity); }

  WorldState Save() const { return {physics_.Save(), events_.Save(), frame_}; }
  void Restore(const WorldState& state);

 private:
  void Simulate(const Watcher& watcher);
  void Fire(size_t event);

  Physics physics_;
  EventSchedule events_;
  PointerForce pointer_;
  int frame_ = 0;
  std::vector<int> mirror_;  // what the scene's camera makes of actions where it mirrors
};

}  // namespace peekaboo::sim
