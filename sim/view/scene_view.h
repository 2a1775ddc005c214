#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "sim/scene/stage.h"
#include "sim/view/scenery.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// What a world looks like to people at one instant, apart from where they look from. Plain data:
/// any thread may draw it later.
struct SceneView {
  /// One of the model's own cameras. World frame, unit vectors.
  struct Camera {
    std::string name;
    std::array<double, 3> position, forward, up;
    double fovy = 45;  ///< degrees
  };

  /// A body or a fixture of the stage. World frame, m.
  struct Thing {
    std::string name;
    std::array<double, 3> centre;
    bool present = false;
  };

  std::vector<mjvGeom> geoms;
  std::vector<mjvLight> lights;
  std::shared_ptr<const Scenery> scenery;  ///< drawn beside `geoms`; nullptr: none
  std::vector<Camera> cameras;             ///< the stage's, then the scenery's
  std::vector<Thing> things;               ///< in the order of Stage::entities()
};

/// Makes views of worlds of one stage. Geoms of groups 0 and 1 are seen by people and by the
/// infant's eye, those of group 2 (a floor without end) by the eye alone, those of group 3 by
/// people alone. What the eye has no business with stands in the stage's Scenery, whose lights, if
/// it has one, are those of the view, whatever light the scene gives the eye. One thread; needs no
/// GL.
class SceneViewer {
 public:
  /// Throws UserError as LoadScenery does.
  explicit SceneViewer(const Stage& stage);
  ~SceneViewer();
  SceneViewer(const SceneViewer&) = delete;
  SceneViewer& operator=(const SceneViewer&) = delete;

  /// The world as its last frame left it.
  SceneView Capture(const World& world);

 private:
  std::shared_ptr<const Scenery> scenery_;
  mjvScene scene_;
  mjvOption visible_;
};

}  // namespace peekaboo::sim
