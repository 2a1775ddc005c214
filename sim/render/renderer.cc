#include "sim/render/renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "sim/render/camera_pose.h"
#include "sim/scene/mujoco_error.h"

namespace peekaboo::sim {
namespace {

constexpr int kLargestSide = 8192;  // beyond it no GL implementation is sure to have a buffer

}  // namespace

Renderer::Renderer(const mjModel* model, int height, int width)
    : Renderer(model, RenderOptions{.height = height, .width = width}) {}

void MakeRenderContext(const mjModel* model, const RenderOptions& options, mjrContext* context) {
  // What is uploaded is read from the model; a shallow copy leaves the caller's alone.
  mjModel sized = *model;
  std::vector<mjtNum> geom_size(model->geom_size, model->geom_size + 3 * model->ngeom);
  for (int i = 0; i < model->ngeom; ++i) {
    mjtNum& grid = geom_size[3 * i + 2];
    if (model->geom_type[i] == mjGEOM_PLANE) grid = std::max<mjtNum>(grid, options.plane_grid);
  }
  sized.geom_size = geom_size.data();
  sized.vis.global.offwidth = options.width;
  sized.vis.global.offheight = options.height;
  sized.vis.quality.offsamples = options.samples;
  if (!options.shadows) sized.vis.quality.shadowsize = 0;
  mjr_makeContext(&sized, context, mjFONTSCALE_50);
}

Renderer::Renderer(const mjModel* model, const RenderOptions& options)
    : height_(options.height), width_(options.width) {
  if (height_ < 1 || width_ < 1 || height_ > kLargestSide || width_ > kLargestSide) {
    throw UserError("renderer",
                    fmt::format("image size {}x{} is not in 1..{}", height_, width_, kLargestSide));
  }
  InstallMujocoErrorHandlers();
  pixels_.resize(static_cast<size_t>(height_) * width_ * 3);

  mjv_defaultOption(&visible_);
  std::fill(std::begin(visible_.sitegroup), std::end(visible_.sitegroup), mjtByte{0});
  visible_.flags[mjVIS_RANGEFINDER] = 0;

  mjv_defaultScene(&scene_);
  // Geoms, and room for what tendons and skins add.
  mjv_makeScene(model, &scene_, 2 * model->ngeom + 100);
  scene_.flags[mjRND_SHADOW] = options.shadows;
  scene_.flags[mjRND_REFLECTION] = options.reflections;
  scene_.flags[mjRND_SKYBOX] = options.skybox;

  mjr_defaultContext(&context_);
  try {
    MakeRenderContext(model, options, &context_);
    mjr_setBuffer(mjFB_OFFSCREEN, &context_);
    if (context_.currentBuffer != mjFB_OFFSCREEN) {
      throw UserError("renderer", "OpenGL has no offscreen framebuffers here");
    }
  } catch (...) {
    mjr_freeContext(&context_);
    mjv_freeScene(&scene_);
    throw;
  }
}

Renderer::~Renderer() {
  mjr_freeContext(&context_);
  mjv_freeScene(&scene_);
}

void Renderer::Draw(const mjModel* model, mjData* data, const mjvCamera& camera) {
  mjvCamera moving = camera;  // MuJoCo's signature is not const
  mjv_updateScene(model, data, &visible_, nullptr, &moving, mjCAT_ALL, &scene_);
  const mjrRect viewport = {0, 0, width_, height_};
  // Another renderer of this GL context may have bound its own buffer, or taken it with it.
  mjr_setBuffer(mjFB_OFFSCREEN, &context_);
  mjr_render(viewport, &scene_, &context_);
  mjr_readPixels(pixels_.data(), nullptr, viewport, &context_);
}

void Renderer::Render(const mjModel* model, mjData* data, int camera_id, std::span<uint8_t> rgb) {
  Render(model, data, ModelCamera(model, camera_id), rgb);
}

void Renderer::Render(const mjModel* model, mjData* data, const mjvCamera& camera,
                      std::span<uint8_t> rgb) {
  PEEKABOO_CHECK(rgb.size() == pixels_.size());
  Draw(model, data, camera);
  const size_t row = static_cast<size_t>(width_) * 3;
  for (int y = 0; y < height_; ++y) {
    std::copy_n(&pixels_[(height_ - 1 - y) * row], row, &rgb[y * row]);
  }
}

void Renderer::Segment(const mjModel* model, mjData* data, int camera_id,
                       std::span<int32_t> geom_ids) {
  Segment(model, data, ModelCamera(model, camera_id), geom_ids);
}

void Renderer::Segment(const mjModel* model, mjData* data, const mjvCamera& camera,
                       std::span<int32_t> geom_ids) {
  PEEKABOO_CHECK(geom_ids.size() * 3 == pixels_.size());
  // Colour = segment id + 1 as a 24-bit number, red lowest; 0 is the background.
  scene_.flags[mjRND_SEGMENT] = 1;
  scene_.flags[mjRND_IDCOLOR] = 1;
  Draw(model, data, camera);
  scene_.flags[mjRND_SEGMENT] = 0;
  scene_.flags[mjRND_IDCOLOR] = 0;

  geom_of_.assign(scene_.ngeom + 1, -1);
  for (int i = 0; i < scene_.ngeom; ++i) {
    const mjvGeom& geom = scene_.geoms[i];
    if (geom.objtype == mjOBJ_GEOM && geom.segid >= 0 && geom.segid < scene_.ngeom) {
      geom_of_[geom.segid + 1] = geom.objid;
    }
  }
  for (int y = 0; y < height_; ++y) {
    const uint8_t* in = &pixels_[static_cast<size_t>(height_ - 1 - y) * width_ * 3];
    int32_t* out = &geom_ids[static_cast<size_t>(y) * width_];
    for (int x = 0; x < width_; ++x) {
      const size_t color = in[3 * x] | in[3 * x + 1] << 8 | in[3 * x + 2] << 16;
      out[x] = color < geom_of_.size() ? geom_of_[color] : -1;
    }
  }
}

}  // namespace peekaboo::sim
