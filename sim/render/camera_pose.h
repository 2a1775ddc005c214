#pragma once

#include <mujoco/mujoco.h>

#include <array>

namespace peekaboo::sim {

/// Where a camera is and what it sees. World frame.
struct CameraPose {
  std::array<double, 3> position;     ///< m
  std::array<double, 9> orientation;  ///< row-major; its columns point right, up and backwards
  double fovy;                        ///< degrees, of the picture's height
};

/// Of model camera `camera`, or of MuJoCo's free camera (-1).
CameraPose PoseOfCamera(const mjModel* model, const mjData* data, int camera);

/// The same for MuJoCo's renderer.
mjvCamera ModelCamera(const mjModel* model, int camera);

}  // namespace peekaboo::sim
