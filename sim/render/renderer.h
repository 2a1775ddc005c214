#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <span>
#include <vector>

namespace peekaboo::sim {

/// What the eye's image looks like. Shadows cost about three times the rendering time.
struct RenderOptions {
  int height = 64;  ///< pixels
  int width = 64;   ///< pixels
  bool shadows = false;
  bool reflections = false;
  int samples = 0;      ///< a pixel, against jagged edges; 0: one, without
  bool skybox = false;  ///< off: the background is black
  /// Metres. Plane geoms are drawn as a grid of squares at least this wide, whatever the model asks
  /// for (its third plane size), because their corners are most of the drawing: two planes of 8 m
  /// in squares of 0.1 m take twice the time of everything else. Smaller squares draw a finer edge
  /// of a spotlight.
  double plane_grid = 0.5;
};

/// Uploads what drawing pictures of `model` as `options` ask for needs, into a context that
/// mjr_defaultContext has cleared.
void MakeRenderContext(const mjModel* model, const RenderOptions& options, mjrContext* context);

/// Draws a world as seen by one of its cameras: geoms only, no sites, joints or other decoration.
///
/// Belongs to the thread of the GlContext that is current when it is made; that context must be
/// current in every call and in the destructor, and outlive it. The model may change between calls
/// (sizes, colours, lights, camera poses, added forces, ...) except for what is uploaded once, at
/// construction: meshes, height fields, textures and the extents of plane geoms. Another model may
/// be passed than the one it was made with only if those are the same.
class Renderer {
 public:
  /// Throws UserError when GL cannot give a buffer of that size.
  Renderer(const mjModel* model, const RenderOptions& options);
  Renderer(const mjModel* model, int height, int width);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  int height() const { return height_; }
  int width() const { return width_; }

  /// The image of model camera `camera_id` (-1: of MuJoCo's free camera) into `rgb` [H, W, 3] u8,
  /// top row first. Positions come from `data` as the last mj_forward or mj_step left them; `data`
  /// itself is not changed.
  void Render(const mjModel* model, mjData* data, int camera_id, std::span<uint8_t> rgb);
  /// The same from a free camera, for people who look at the world from outside.
  void Render(const mjModel* model, mjData* data, const mjvCamera& camera, std::span<uint8_t> rgb);

  /// Which geom each pixel shows, into `geom_ids` [H, W] i32, top row first; -1 where there is
  /// none.
  void Segment(const mjModel* model, mjData* data, int camera_id, std::span<int32_t> geom_ids);
  void Segment(const mjModel* model, mjData* data, const mjvCamera& camera,
               std::span<int32_t> geom_ids);

 private:
  /// Renders and leaves the image, bottom row first, in pixels_.
  void Draw(const mjModel* model, mjData* data, const mjvCamera& camera);

  int height_;
  int width_;
  mjvScene scene_;
  mjvOption visible_;
  mjrContext context_;
  std::vector<uint8_t> pixels_;   // [H, W, 3]
  std::vector<int32_t> geom_of_;  // scene segment id + 1 -> geom id or -1
};

}  // namespace peekaboo::sim
