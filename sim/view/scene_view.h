#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "sim/view/scenery.h"

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

}  // namespace peekaboo::sim
