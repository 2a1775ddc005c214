#include "sim/render/eye.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/render/camera_pose.h"

namespace peekaboo::sim {
namespace {

/// Where a point of the world lies in the picture: x right, y up, [-1, 1] inside.
std::array<float, 2> Project(const CameraPose& camera, const double point[3], double aspect) {
  mjtNum offset[3], local[3];
  mju_sub3(offset, point, camera.position.data());
  mju_mulMatTVec(local, camera.orientation.data(), offset, 3, 3);
  const double scale = 1 / std::tan(camera.fovy * std::numbers::pi / 360);
  const double depth = std::max(1e-3, -local[2]);
  return {static_cast<float>(std::clamp(local[0] / depth * scale / aspect, -4.0, 4.0)),
          static_cast<float>(std::clamp(local[1] / depth * scale, -4.0, 4.0))};
}

void FlipRows(std::span<uint8_t> rgb, int height, int width) {
  for (int y = 0; y < height; ++y) {
    uint8_t* row = rgb.data() + static_cast<size_t>(y) * width * 3;
    for (int l = 0, r = width - 1; l < r; ++l, --r)
      std::swap_ranges(row + 3 * l, row + 3 * l + 3, row + 3 * r);
  }
}

}  // namespace

Eye::Eye(const mjModel* model, int height, int width)
    : renderer_(model, height, width), geom_ids_(static_cast<size_t>(height) * width) {}

void Eye::See(const World& world, int camera, std::span<uint8_t> rgb) {
  renderer_.Render(world.model(), world.data(), camera, rgb);
  if (world.mirrored()) FlipRows(rgb, height(), width());
}

std::array<float, 2> Eye::Locate(const World& world, int camera, const double point[3]) const {
  const CameraPose pose = PoseOfCamera(world.model(), world.data(), camera);
  auto place = Project(pose, point, static_cast<double>(width()) / height());
  if (world.mirrored()) place[0] = -place[0];
  return place;
}

std::vector<ObjectTruth> Eye::Examine(const Scene& scene, int camera, bool visibility,
                                      World* world) {
  const mjModel* m = world->model();
  const bool look = visibility || world->NeedsVisibility();
  if (look) renderer_.Segment(m, world->data(), camera, geom_ids_);
  std::vector<ObjectTruth> truths;
  for (const std::string& name : scene.objects) {
    const Entity& body = world->stage().Require(name, scene.path);
    ObjectTruth truth{world->Read(body), Locate(*world, camera, world->data()->xpos + 3 * body.id),
                      -1};
    if (look) {
      truth.visible =
          static_cast<int>(std::count_if(geom_ids_.begin(), geom_ids_.end(), [&](int32_t id) {
            return id >= 0 && m->body_rootid[m->geom_bodyid[id]] == body.id;
          }));
      world->NoteSight(name, {truth.visible, truth.body.present, truth.image_xy});
    }
    truths.push_back(truth);
  }
  return truths;
}

}  // namespace peekaboo::sim
