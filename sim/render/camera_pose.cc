#include "sim/render/camera_pose.h"

#include <cmath>
#include <numbers>

#include "base/check.h"

namespace peekaboo::sim {
namespace {

CameraPose PoseOfFreeCamera(const mjModel* model) {
  const mjvCamera camera = ModelCamera(model, -1);
  const double azimuth = camera.azimuth * std::numbers::pi / 180,
               elevation = camera.elevation * std::numbers::pi / 180;
  const mjtNum forward[3] = {std::cos(elevation) * std::cos(azimuth),
                             std::cos(elevation) * std::sin(azimuth), std::sin(elevation)};
  const mjtNum up[3] = {-std::sin(elevation) * std::cos(azimuth),
                        -std::sin(elevation) * std::sin(azimuth), std::cos(elevation)};
  mjtNum right[3];
  mju_cross(right, forward, up);
  CameraPose pose;
  for (int k = 0; k < 3; ++k) {
    pose.position[k] = camera.lookat[k] - camera.distance * forward[k];
    pose.orientation[3 * k] = right[k];
    pose.orientation[3 * k + 1] = up[k];
    pose.orientation[3 * k + 2] = -forward[k];
  }
  pose.fovy = model->vis.global.fovy;
  return pose;
}

}  // namespace

CameraPose PoseOfCamera(const mjModel* model, const mjData* data, int camera) {
  if (camera < 0) return PoseOfFreeCamera(model);
  CameraPose pose;
  mju_copy3(pose.position.data(), data->cam_xpos + 3 * camera);
  mju_copy(pose.orientation.data(), data->cam_xmat + 9 * camera, 9);
  pose.fovy = model->cam_fovy[camera];
  return pose;
}

mjvCamera ModelCamera(const mjModel* model, int camera) {
  PEEKABOO_CHECK(camera >= -1 && camera < model->ncam);
  mjvCamera result;
  mjv_defaultCamera(&result);
  if (camera < 0) {
    mjv_defaultFreeCamera(model, &result);
  } else {
    result.type = mjCAMERA_FIXED;
    result.fixedcamid = camera;
  }
  return result;
}

}  // namespace peekaboo::sim
