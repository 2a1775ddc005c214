#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/scene/stage.h"
#include "sim/view/painter.h"
#include "sim/view/scene_view.h"
#include "sim/view/view_camera.h"

namespace peekaboo::sim {

/// Draws views of one stage for people, into a texture. Belongs to the thread of the GL context
/// that is current when it is made (a window's or a GlContext); that context must be current in
/// every call and in the destructor.
class ViewRenderer {
 public:
  /// `samples` a pixel, against jagged edges; 0: one, without. Throws UserError when GL has no
  /// offscreen framebuffers.
  explicit ViewRenderer(std::shared_ptr<const Stage> stage, int samples = 0);
  ~ViewRenderer();
  ViewRenderer(const ViewRenderer&) = delete;
  ViewRenderer& operator=(const ViewRenderer&) = delete;

  const Stage& stage() const { return *stage_; }

  /// Draws `view`, and `more` on top of it (sim/view/ghost.h: seen even through what hides them),
  /// of width x height pixels, 1 to 8192. `shadows` cost little where the scenery is painted.
  /// Leaves the window's framebuffer bound.
  void Draw(const SceneView& view, std::span<const mjvGeom> more, const ViewCamera& camera,
            int width, int height, bool shadows = true);

  /// GL name of the texture with the last picture, of exactly that size, bottom row first; it
  /// stays the same until the size changes.
  unsigned texture() const { return texture_; }

  /// The last picture, top row first, [H, W, 3].
  void Read(std::span<uint8_t> rgb) const;

 private:
  void Resize(int width, int height);

  std::shared_ptr<const Stage> stage_;
  int samples_;
  mjvScene scene_;
  mjrContext context_;
  Painter painter_;
  std::vector<mjvGeom> translucent_, ghosts_;
  int room_width_ = 0, room_height_ = 0;  // of MuJoCo's buffer
  int width_ = 0, height_ = 0;            // of the texture
  unsigned texture_ = 0, framebuffer_ = 0;
};

}  // namespace peekaboo::sim
