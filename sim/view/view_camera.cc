#include "sim/view/view_camera.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace peekaboo::sim {
namespace {

using Vector = std::array<double, 3>;

constexpr double kDegree = std::numbers::pi / 180;
constexpr double kNearest = 0.3, kFarthest = 30;  // m
constexpr double kNear = 0.05, kFar = 40;         // m, what is drawn

struct Pose {
  Vector position, forward, up, right;
  double half;  // tan of half the height's angle
};

Vector Cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double Dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Pose PoseOf(const ViewCamera& camera, const SceneView& view) {
  Pose pose;
  const auto own = std::find_if(view.cameras.begin(), view.cameras.end(),
                                [&](const auto& c) { return c.name == camera.fixed; });
  double fovy = camera.fovy;
  if (!camera.fixed.empty() && own != view.cameras.end()) {
    pose.position = own->position;
    pose.forward = own->forward;
    pose.up = own->up;
    fovy = own->fovy;
  } else {
    const double a = camera.azimuth * kDegree, e = camera.elevation * kDegree;
    pose.forward = {std::cos(e) * std::cos(a), std::cos(e) * std::sin(a), std::sin(e)};
    pose.up = {-std::sin(e) * std::cos(a), -std::sin(e) * std::sin(a), std::cos(e)};
    for (int k = 0; k < 3; ++k)
      pose.position[k] = camera.look_at[k] - camera.distance * pose.forward[k];
  }
  pose.right = Cross(pose.forward, pose.up);
  pose.half = std::tan(fovy * kDegree / 2);
  return pose;
}

}  // namespace

void ViewCamera::Orbit(double dx, double dy) {
  if (!fixed.empty()) return;
  azimuth = std::remainder(azimuth - 180 * dx, 360);
  elevation = std::clamp(elevation - 180 * dy, -89.0, 89.0);
}

void ViewCamera::Pan(double dx, double dy) {
  if (!fixed.empty()) return;
  const Pose pose = PoseOf(*this, {});
  const double height = 2 * distance * pose.half;  // m, of what is seen at the point looked at
  for (int k = 0; k < 3; ++k) {
    look_at[k] =
        std::clamp(look_at[k] - height * (dx * pose.right[k] - dy * pose.up[k]), -20.0, 20.0);
  }
}

void ViewCamera::Zoom(double steps) {
  if (!fixed.empty()) return;
  distance = std::clamp(distance * std::exp(-0.1 * steps), kNearest, kFarthest);
}

mjvGLCamera ToGl(const ViewCamera& camera, const SceneView& view) {
  const Pose pose = PoseOf(camera, view);
  mjvGLCamera gl = {};
  for (int k = 0; k < 3; ++k) {
    gl.pos[k] = static_cast<float>(pose.position[k]);
    gl.forward[k] = static_cast<float>(pose.forward[k]);
    gl.up[k] = static_cast<float>(pose.up[k]);
  }
  gl.frustum_near = static_cast<float>(kNear);
  gl.frustum_far = static_cast<float>(kFar);
  gl.frustum_top = static_cast<float>(kNear * pose.half);
  gl.frustum_bottom = -gl.frustum_top;
  return gl;
}

ViewRay RayThrough(const ViewCamera& camera, const SceneView& view, double aspect, double u,
                   double v) {
  const Pose pose = PoseOf(camera, view);
  ViewRay ray{pose.position, {}};
  for (int k = 0; k < 3; ++k) {
    ray.direction[k] =
        pose.forward[k] + u * aspect * pose.half * pose.right[k] + v * pose.half * pose.up[k];
  }
  const double length = std::sqrt(Dot(ray.direction, ray.direction));
  for (double& component : ray.direction) component /= length;
  return ray;
}

std::optional<std::array<double, 3>> MeetPlane(const ViewRay& ray, int axis, double at) {
  if (std::abs(ray.direction[axis]) < 1e-6) return std::nullopt;
  const double along = (at - ray.origin[axis]) / ray.direction[axis];
  if (!(along > 0)) return std::nullopt;
  std::array<double, 3> met{};
  for (int k = 0; k < 3; ++k) met[k] = k == axis ? at : ray.origin[k] + along * ray.direction[k];
  return met;
}

bool ToView(const ViewCamera& camera, const SceneView& view, double aspect,
            const std::array<double, 3>& point, std::array<double, 2>* uv) {
  const Pose pose = PoseOf(camera, view);
  Vector offset;
  for (int k = 0; k < 3; ++k) offset[k] = point[k] - pose.position[k];
  const double depth = Dot(offset, pose.forward);
  if (depth <= kNear) return false;
  *uv = {Dot(offset, pose.right) / (depth * pose.half * aspect),
         Dot(offset, pose.up) / (depth * pose.half)};
  return true;
}

}  // namespace peekaboo::sim
