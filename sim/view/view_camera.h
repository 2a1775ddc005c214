#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <optional>
#include <string>

#include "sim/view/scene_view.h"

namespace peekaboo::sim {

/// Where people look at a SceneView from: a camera that orbits a point, or one of the model's own.
/// Pure functions; any thread.
struct ViewCamera {
  std::string fixed;                               ///< one of SceneView::cameras; empty: orbits
  std::array<double, 3> look_at = {0, 0.1, 0.94};  ///< m, world frame
  double azimuth = 90;    ///< degrees about z: 90 looks along +y, from the audience
  double elevation = -7;  ///< degrees: below 0 looks down
  double distance = 6.1;  ///< m
  double fovy = 36;       ///< degrees, of the height of the picture

  /// A mouse moved by these shares of the view's height, x to the right and y down, as in MuJoCo's
  /// own viewers. Leaves a fixed camera where it is.
  void Orbit(double dx, double dy);
  void Pan(double dx, double dy);
  /// Steps of a wheel; above 0 comes nearer.
  void Zoom(double steps);

  bool operator==(const ViewCamera&) const = default;
};

/// A half-line, world frame.
struct ViewRay {
  std::array<double, 3> origin, direction;  ///< m; unit length
};

/// How MuJoCo draws it.
mjvGLCamera ToGl(const ViewCamera& camera, const SceneView& view);
/// What lies under a point of the picture: u to the right, v up, in [-1, 1]. `aspect`: width over
/// height.
ViewRay RayThrough(const ViewCamera& camera, const SceneView& view, double aspect, double u,
                   double v);
/// Where a half-line meets a plane square to a world axis (0: x), at `at` [m] along it; nothing if
/// it does not. As it is: the one in which things of the nursery move, y = 0.
std::optional<std::array<double, 3>> MeetPlane(const ViewRay& ray, int axis = 1, double at = 0);
/// Where a point of the world lies in the picture; false if it is behind the camera.
bool ToView(const ViewCamera& camera, const SceneView& view, double aspect,
            const std::array<double, 3>& point, std::array<double, 2>* uv);

}  // namespace peekaboo::sim
