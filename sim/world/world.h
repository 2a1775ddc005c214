#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {

/// Where a body is and how it moves, in the plane of the stage.
struct BodyReading {
  double x = 0, z = 0;    ///< m, world frame, centre
  double angle = 0;       ///< rad about y
  double vx = 0, vz = 0;  ///< m/s
  double spin = 0;        ///< rad/s
  bool present = false;
};

/// Everything that the future of a World depends on. Opaque; belongs to the world that made it.
struct WorldState {
  std::vector<double> numbers;
  std::vector<int> integers;
  std::vector<float> colours;
  std::shared_ptr<const Draw> draw;
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
  explicit World(std::shared_ptr<const Stage> stage);

  /// Starts `scene` with `draw` at frame 0. `events`: those of the scene and of the member filmed;
  /// both are copied. Throws UserError for a draw that cannot be (a size below 0).
  void Reset(const Scene& scene, const Draw& draw, const std::vector<Event>& events);

  /// Told, on the way through a frame, which share of it has been simulated; more than once when a
  /// frame is played again because of an event.
  using Watcher = std::function<void(double share)>;

  /// Advances by one frame (1 / frame_hz seconds). Throws UserError when the physics diverges.
  void StepFrame(const Watcher& watcher = {});

  /// Tells how many pixels of `body` the eye saw in this frame, for events that wait until it is
  /// hidden (after it was seen in at least two frames). They take effect in the next frame.
  void NoteVisible(const std::string& body, int pixels);
  bool NeedsVisibility() const;

  /// Breaks a law now (from the next StepFrame on). Here, though not in scene files, fixtures too
  /// may vanish and appear (x and z are then of their centre; what lay hidden stands), and
  /// pass_through may name one body: it passes through all but surfaces.
  void Apply(const Intervention& intervention);

  // For people who play with the world while it runs (world_live.cc).

  /// What a ray hits first, of what can be seen; nothing if that has no name. `direction` need not
  /// be of length 1. World frame, m. `through` what is no body: what lies behind a screen.
  struct Hit {
    const Entity* entity;
    std::array<double, 3> point;
  };
  std::optional<Hit> Pick(const double origin[3], const double direction[3],
                          bool through = false) const;

  /// Draws a body towards a point with a spring, critically damped, until LetGo; the y of the point
  /// is ignored. Not part of the state: Restore neither begins nor ends it.
  void Pull(const Entity& body, const double point[3]);
  /// Turns a body with such a spring about y until LetGo: by `by` [rad] from how it is at first,
  /// then on from where it was to be. Throws UserError for a body that has no such joint.
  void Twist(const Entity& body, double by);
  void LetGo();

  /// Puts the centre of a body, or of a fixture, there at once; a body then stands still, a fixture
  /// has its script go on from there.
  void Place(const Entity& entity, double x, double z);

  /// Turns a body on about y [rad] at once; it then stands still. Throws UserError as Twist does.
  void Turn(const Entity& body, double by);

  /// Sets a factor that may change while the world runs: gravity, contact, colours, lights,
  /// cameras. False, and nothing is done, for one that is how things begin; the caller then Resets.
  /// Part of the state, and of draw(): Reset with that does the same. Throws UserError for a value
  /// that cannot be.
  bool Adjust(const Scene& scene, const std::string& key, const Value& value);

  /// The time step of the physics, 0.5 to 20 ms, until the next Reset; part of the state. Throws
  /// UserError.
  void SetTimeStep(double seconds);

  int frame() const { return frame_; }
  double time() const { return frame_ / frame_hz_; }  ///< s
  const Stage& stage() const { return *stage_; }
  const mjModel* model() const { return model_.get(); }
  mjData* data() const { return data_.get(); }
  const Draw& draw() const { return *draw_; }
  bool mirrored() const { return mirrored_; }
  /// For each event, the first frame in which it is in force; -1 if it has not happened.
  const std::vector<int>& event_frames() const { return event_frames_; }

  BodyReading Read(const Entity& body) const;
  /// Whether a body or a fixture is in the world.
  bool IsPresent(const Entity& entity) const;

  WorldState Save() const;
  void Restore(const WorldState& state);

 private:
  struct Script;  // how a fixture moves
  struct Hold {   // an intervention that lasts
    Intervention::Kind kind;
    const Entity* body;
    double gravity_scale = 1;
  };

  void ApplyDraw(const Scene& scene);
  void ApplyBody(const Entity& entity, const NameLookup& number);
  void ApplyFixture(const Entity& entity, const NameLookup& number);
  void ApplyLightsCamerasStage(const Entity& entity, const NameLookup& number);
  void ApplyContacts(const NameLookup& number);
  void Paint(const Entity& entity, const Scene& scene, const NameLookup& number);
  void SetShape(const Entity& entity, const std::string& shape);
  void MakeSolid(const Entity& entity);
  void SetPresent(const Entity& entity, bool present, bool visible);
  void PlaceFixtures(double time);
  void Simulate(const Watcher& watcher);
  void HoldBodies();
  void Take(const Entity& body);
  void PullBody();
  /// When during the frame just simulated, as a share of it; nothing if it did not.
  std::optional<double> HappenedAt(const Event& event, const WorldState& before) const;
  double Coordinate(const Entity& body, char axis) const;
  bool Touches(const Entity& a, const Entity& b) const;
  void Fire(size_t event);

  std::shared_ptr<const Stage> stage_;
  ModelPtr model_;
  DataPtr data_;
  std::shared_ptr<const Draw> draw_ = std::make_shared<const Draw>();
  std::map<std::string, std::array<double, 3>> colours_;
  std::vector<Event> events_;
  std::vector<int> event_frames_;  // in force from, -1: not yet
  std::vector<int> due_;           // happened, takes effect at this frame; -1: not
  std::vector<double> crossing_;   // evaluated condition values
  std::vector<Script> scripts_;
  std::vector<Hold> holds_;
  const Entity* pulled_ = nullptr;
  std::optional<std::array<double, 2>> pull_to_;  // x, z
  std::optional<double> twist_to_;                // rad
  std::vector<char> absent_;                      // by entity: held where it is
  std::vector<int> seen_frames_;                  // by entity: frames in which it was visible
  std::vector<int> touched_;  // by event: first step of the frame with contact, -1: none
  double frame_hz_ = 12.5;
  int substeps_ = 16;
  int frame_ = 0;
  bool mirrored_ = false;

 public:
  ~World();
};

}  // namespace peekaboo::sim
