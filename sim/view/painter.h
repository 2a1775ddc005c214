#pragma once

#include <mujoco/mujoco.h>

#include <memory>
#include <span>
#include <vector>

#include "sim/view/scenery.h"

namespace peekaboo::sim {

/// Draws what MuJoCo's renderer does not draw well: scenery that has its light painted on, and
/// translucent things, before which MuJoCo would have had to draw the scenery. Into the framebuffer
/// that is bound, with the matrices and the rule of depth that mjr_render leaves. Belongs to the GL
/// context that is current when Draw is first called.
class Painter {
 public:
  Painter() = default;
  ~Painter();
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;

  /// `scenery` may be nullptr. `translucent` and `ghosts`: geoms with a surface (HasSurface), drawn
  /// from the farthest to the nearest as seen from `eye` (m, world frame), denser where they turn
  /// away from it, as a soap bubble is. What stands before them hides the translucent, but not the
  /// ghosts.
  void Draw(const std::shared_ptr<const Scenery>& scenery, std::span<const mjvGeom> translucent,
            std::span<const mjvGeom> ghosts, const float eye[3]);

 private:
  void Upload(std::shared_ptr<const Scenery> scenery);
  void DrawTranslucent(std::span<const mjvGeom> geoms, const float eye[3]) const;

  std::shared_ptr<const Scenery> scenery_;  // what is uploaded
  unsigned buffers_[2] = {};                // vertices, indices
};

}  // namespace peekaboo::sim
