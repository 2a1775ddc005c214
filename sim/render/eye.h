#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/render/object_truth.h"
#include "sim/render/renderer.h"
#include "sim/scene/scene.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// The infant's eye: draws a world as one of its cameras sees it, mirrored if the world's draw says
/// so. Belongs to the thread whose GlContext is current when it is made.
class Eye {
 public:
  Eye(const mjModel* model, int height, int width);

  int height() const { return renderer_.height(); }
  int width() const { return renderer_.width(); }

  /// The picture into `rgb` [H, W, 3] u8, top row first.
  void See(const World& world, int camera, std::span<uint8_t> rgb);

  /// Where a point of the world [m] lies in that picture: x right, y up, [-1, 1] inside.
  std::array<float, 2> Locate(const World& world, int camera, const double point[3]) const;

  /// The truth about the scene's objects in that picture. Their visibility is measured if
  /// `visibility` or if the world waits for something to be hidden; the world is then told.
  std::vector<ObjectTruth> Examine(const Scene& scene, int camera, bool visibility, World* world);

 private:
  Renderer renderer_;
  std::vector<int32_t> geom_ids_;  // [H, W]
};

}  // namespace peekaboo::sim
