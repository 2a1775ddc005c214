#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/scene/stage.h"

namespace peekaboo::sim {

/// A corner of a triangle, with the light in its colour.
struct PaintedVertex {
  float position[3];  ///< m, world frame
  uint8_t rgba[4];
};

/// What stands around a stage and never moves. Immutable; shared between threads.
struct Scenery {
  /// Geoms that take and cast shadows: a floor.
  std::vector<mjvGeom> geoms;
  /// All else, with the light of the lamps painted on: drawn without any further arithmetic, which
  /// is what makes a theatre affordable where a processor draws.
  std::vector<PaintedVertex> vertices;
  std::vector<uint32_t> indices;  ///< three a triangle, counterclockwise from outside
  /// Index from which on they are stains: what lies below is multiplied by their colour, shadows
  /// and all.
  size_t stains = 0;
  std::vector<mjvLight> lights;
  ModelPtr model;  ///< has the cameras
  DataPtr data;
};

/// Loads the MJCF that the stage's own names as its custom text "theatre"; nullptr if it names
/// none. It is made of spheres, capsules, ellipsoids, cylinders and boxes, without textures;
/// geoms of group 0 take and cast shadows, those of group 1 are painted, those of group 2 are
/// stains on what lies below them, others are not seen. Its lights are all the light that people
/// see the stage in. Throws UserError naming the file if it cannot be loaded or has geoms of other
/// types.
std::shared_ptr<const Scenery> LoadScenery(const Stage& stage);

}  // namespace peekaboo::sim
