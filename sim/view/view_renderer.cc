#include "sim/view/view_renderer.h"

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "sim/render/renderer.h"
#include "sim/scene/mujoco_error.h"
#include "sim/view/surface_mesh.h"

namespace peekaboo::sim {
namespace {

constexpr int kShadowSize = 512;  // texels; more costs software GL a third of the picture's time
constexpr float kShadowScale = 0.42f;  // of a spot's cone: where the shadows of a stage fall
constexpr int kMostGeoms = 5000;
constexpr float kOpaque = 0.995f;  // alpha

}  // namespace

ViewRenderer::ViewRenderer(std::shared_ptr<const Stage> stage, int samples)
    : stage_(std::move(stage)), samples_(samples) {
  InstallMujocoErrorHandlers();
  mjv_defaultScene(&scene_);
  mjv_makeScene(stage_->model(), &scene_, kMostGeoms);
  scene_.flags[mjRND_REFLECTION] = 0;
  scene_.flags[mjRND_SKYBOX] = 0;
  mjr_defaultContext(&context_);
}

ViewRenderer::~ViewRenderer() {
  if (texture_) {
    glDeleteFramebuffers(1, &framebuffer_);
    glDeleteTextures(1, &texture_);
  }
  mjr_freeContext(&context_);
  mjv_freeScene(&scene_);
}

void ViewRenderer::Resize(int width, int height) {
  if (width > room_width_ || height > room_height_) {
    room_width_ = std::max(width, room_width_);
    room_height_ = std::max(height, room_height_);
    mjr_freeContext(&context_);
    mjr_defaultContext(&context_);
    mjModel sized = *stage_->model();
    sized.vis.quality.shadowsize = kShadowSize;
    sized.vis.quality.numslices = 24;
    sized.vis.quality.numstacks = 12;
    sized.vis.quality.numquads = 1;
    sized.vis.map.shadowscale = kShadowScale;
    MakeRenderContext(
        &sized,
        {.height = room_height_, .width = room_width_, .shadows = true, .samples = samples_},
        &context_);
    mjr_setBuffer(mjFB_OFFSCREEN, &context_);
    if (context_.currentBuffer != mjFB_OFFSCREEN)
      throw UserError("stage view", "OpenGL has no offscreen framebuffers here");
  }
  if (!texture_) {
    glGenTextures(1, &texture_);
    glGenFramebuffers(1, &framebuffer_);
  }
  glBindTexture(GL_TEXTURE_2D, texture_);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glBindTexture(GL_TEXTURE_2D, 0);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
  width_ = width;
  height_ = height;
}

void ViewRenderer::Draw(const SceneView& view, std::span<const mjvGeom> more,
                        const ViewCamera& camera, int width, int height, bool shadows) {
  PEEKABOO_CHECK(width >= 1 && height >= 1 && width <= 8192 && height <= 8192);
  if (width != width_ || height != height_) Resize(width, height);
  scene_.ngeom = 0;
  translucent_.clear();
  ghosts_.clear();
  const auto add = [&](const mjvGeom& geom, std::vector<mjvGeom>* see_through) {
    if (geom.rgba[3] < kOpaque && HasSurface(geom.type)) {
      see_through->push_back(geom);
    } else if (scene_.ngeom < scene_.maxgeom) {
      scene_.geoms[scene_.ngeom++] = geom;
    }
  };
  for (const mjvGeom& geom : view.geoms) add(geom, &translucent_);
  for (const mjvGeom& geom : more) add(geom, &ghosts_);
  scene_.nlight = static_cast<int>(std::min<size_t>(view.lights.size(), mjMAXLIGHT));
  std::copy_n(view.lights.begin(), scene_.nlight, scene_.lights);
  scene_.camera[0] = scene_.camera[1] = ToGl(camera, view);
  scene_.flags[mjRND_SHADOW] = shadows;
  mjr_setBuffer(mjFB_OFFSCREEN, &context_);
  mjr_render({0, 0, width, height}, &scene_, &context_);
  painter_.Draw(view.scenery, translucent_, ghosts_, scene_.camera[0].pos);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, context_.offFBO);
  glReadBuffer(GL_COLOR_ATTACHMENT0);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, framebuffer_);
  glDrawBuffer(GL_COLOR_ATTACHMENT0);
  glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void ViewRenderer::Read(std::span<uint8_t> rgb) const {
  const size_t row = static_cast<size_t>(width_) * 3;
  PEEKABOO_CHECK(rgb.size() == row * height_);
  std::vector<uint8_t> bottom_up(rgb.size());
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width_, height_, GL_RGB, GL_UNSIGNED_BYTE, bottom_up.data());
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  for (int y = 0; y < height_; ++y)
    std::copy_n(&bottom_up[(height_ - 1 - y) * row], row, &rgb[y * row]);
}

}  // namespace peekaboo::sim
