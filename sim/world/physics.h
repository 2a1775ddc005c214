#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "sim/world/body_reading.h"
#include "sim/world/fixture_motion.h"

namespace peekaboo::sim {

/// An intervention that lasts until the body is released.
struct Hold {
  Intervention::Kind kind;  ///< kFreeze, kFloat or kGravity
  const Entity* body;
  double gravity_scale = 1;  ///< share of the weight that the body still has
};

/// A mocap body and how it moves.
struct Fixture {
  const Entity* entity;
  FixtureMotion motion;
};

/// Everything that the future of a Physics depends on. Opaque; belongs to the Physics that made it.
struct PhysicsState {
  std::vector<mjtNum> integration;  ///< [IntegrationStateSize]: what MuJoCo steps on from
  std::vector<mjtNum> laws;         ///< numbers of the model that may change
  std::vector<float> colours;
  std::vector<int> masks;  ///< who collides with whom
  std::vector<Fixture> fixtures;
  std::vector<Hold> holds;
  std::vector<char> absent;
  std::shared_ptr<const Draw> draw;
  int substeps = 0;
  bool mirrored = false;
};

/// A copy of a stage's model with one draw applied, and its data: what MuJoCo steps, with fixtures
/// that follow their motions, bodies that are held and bodies that are not there. Knows no events
/// and no frames. One thread at a time. Internal to sim/world.
class Physics {
 public:
  explicit Physics(std::shared_ptr<const Stage> stage);

  /// The stage's own model, with `draw` and nothing else applied. Throws UserError for a draw that
  /// cannot be.
  void Reset(const Scene& scene, const Draw& draw);

  const Stage& stage() const { return *stage_; }
  mjModel* model() { return model_.get(); }
  const mjModel* model() const { return model_.get(); }
  mjData* data() const { return data_.get(); }
  const Draw& draw() const { return *draw_; }
  /// Only what expressions and words read; the model stays as it is.
  void set_draw(std::shared_ptr<const Draw> draw) { draw_ = std::move(draw); }
  std::shared_ptr<const Draw> shared_draw() const { return draw_; }
  /// The scene's palette.
  const std::map<std::string, std::array<double, 3>>& colours() const { return colours_; }
  bool mirrored() const { return mirrored_; }
  void set_mirrored(bool mirrored) { mirrored_ = mirrored; }

  double frame_hz() const { return frame_hz_; }
  /// Steps of the physics in a frame.
  int substeps() const { return substeps_; }
  /// 0.5 to 20 ms, rounded so that whole steps fill a frame. Throws UserError.
  void SetTimeStep(double seconds);

  // What a step is made of.

  void PlaceFixtures(double time);
  /// Forces and speeds of bodies that are held, or absent, in the coming step.
  void HoldBodies();
  void Step() { mj_step(model_.get(), data_.get()); }
  /// Puts bodies, cameras and lights where the joints now say.
  void UpdatePoses();
  /// Throws UserError when a number became NaN or huge; `time` [s] is for the message.
  void CheckFinite(double time) const;

  // What is.

  double Coordinate(const Entity& body, char axis) const;  ///< m, world frame; axis 'x' or 'z'
  /// What a slide joint's position lacks of that [m].
  double SlideOrigin(const Entity& body, char axis) const;
  /// Of a body, or of the root of a mechanism.
  BodyReading Read(const Entity& body) const;
  bool IsPresent(const Entity& entity) const { return !absent_[IndexOf(entity)]; }
  bool IsHeld(const Entity& body) const;
  bool Touches(const Entity& a, const Entity& b) const;
  /// nullptr if it is none.
  Fixture* FindFixture(const Entity& entity);

  // What changes.

  void AddFixture(const Fixture& fixture) { fixtures_.push_back(fixture); }
  void AddHold(const Hold& hold) { holds_.push_back(hold); }
  /// Ends all holds of a body.
  void Release(const Entity& body);
  void SetPresent(const Entity& entity, bool present, bool visible);
  /// Which of its shapes a body wears.
  void SetShape(const Entity& entity, const std::string& shape);
  /// Collides and is seen as in the stage's own model.
  void MakeSolid(const Entity& entity);
  /// Takes the speed from all joints of a body.
  void Halt(const Entity& body);

  PhysicsState Save() const;
  void Restore(const PhysicsState& state);

 private:
  BodyReading ReadMechanism(const Entity& mechanism) const;
  size_t IndexOf(const Entity& entity) const {
    return static_cast<size_t>(&entity - stage_->entities().data());
  }

  std::shared_ptr<const Stage> stage_;
  ModelPtr model_;
  DataPtr data_;
  std::shared_ptr<const Draw> draw_ = std::make_shared<const Draw>();
  std::map<std::string, std::array<double, 3>> colours_;
  std::vector<Fixture> fixtures_;
  std::vector<Hold> holds_;
  std::vector<char> absent_;  // by entity: held where it is
  double frame_hz_ = 12.5;
  int substeps_ = 16;
  bool mirrored_ = false;
  bool has_mechanisms_ = false;    // velocities of bodies are then kept up to date
  std::vector<mjtNum> positions_;  // room for UpdatePoses
};

}  // namespace peekaboo::sim
