#pragma once

#include <mujoco/mujoco.h>

#include "sim/scene/draw.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {

/// How a fixture stands and moves: the attributes of a mocap body, as numbers. Units: m, s, rad.
struct FixtureMotion {
  double x = 0, y = 0, z = 0;  ///< centre; z: lower side
  double width = 0, depth = 0, height = 0;
  double angle = 0;
  double rise = -1, fall = -1, rise_for = 0.24;  ///< below 0: stands always, never falls
  bool rotates = false;  ///< rises about its lower edge, not out of the floor
  double moves = -1, move_for = 0.3;
  double move_dx = 0, move_dy = 0, move_dz = 0;
  bool visible = true;  ///< present and to be seen when up
};

/// World frame.
struct FixturePose {
  mjtNum position[3];
  mjtNum quaternion[4];
  bool up = true;  ///< false: it lies hidden in the floor
};

/// Throws UserError naming the fixture for a size that is not above 0.
FixtureMotion ReadFixture(const Stage& stage, const Entity& entity, const Draw& draw);
/// Where the fixture is at `time`.
FixturePose PoseAt(const FixtureMotion& script, double time);

}  // namespace peekaboo::sim
