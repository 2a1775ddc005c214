#pragma once

namespace peekaboo::sim {

/// Where a body is and how it moves, seen in the plane of the stage.
struct BodyReading {
  double x = 0, z = 0;    ///< m, world frame, centre
  double angle = 0;       ///< rad about y
  double vx = 0, vz = 0;  ///< m/s
  double spin = 0;        ///< rad/s
  bool present = false;
};

}  // namespace peekaboo::sim
