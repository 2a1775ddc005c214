#include "sim/view/painter.h"

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "sim/view/surface_mesh.h"

namespace peekaboo::sim {
namespace {

float Distance(const float a[3], const float b[3]) {
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/// Vertices and indices are in memory, or at offsets into the bound buffers.
void PointAt(const std::byte* base) {
  glVertexPointer(3, GL_FLOAT, sizeof(PaintedVertex), base + offsetof(PaintedVertex, position));
  glColorPointer(4, GL_UNSIGNED_BYTE, sizeof(PaintedVertex), base + offsetof(PaintedVertex, rgba));
}

void DrawTriangles(const uint32_t* indices, size_t count) {
  glDrawElements(GL_TRIANGLES, static_cast<int>(count), GL_UNSIGNED_INT, indices);
}

}  // namespace

Painter::~Painter() {
  if (buffers_[0]) glDeleteBuffers(2, buffers_);
}

void Painter::Upload(std::shared_ptr<const Scenery> scenery) {
  if (!buffers_[0]) glGenBuffers(2, buffers_);
  scenery_ = std::move(scenery);
  glBindBuffer(GL_ARRAY_BUFFER, buffers_[0]);
  glBufferData(GL_ARRAY_BUFFER,
               static_cast<GLsizeiptr>(scenery_->vertices.size() * sizeof(PaintedVertex)),
               scenery_->vertices.data(), GL_STATIC_DRAW);
  glBindBuffer(GL_ARRAY_BUFFER, 0);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffers_[1]);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER,
               static_cast<GLsizeiptr>(scenery_->indices.size() * sizeof(uint32_t)),
               scenery_->indices.data(), GL_STATIC_DRAW);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
}

void Painter::Draw(const std::shared_ptr<const Scenery>& scenery,
                   std::span<const mjvGeom> translucent, std::span<const mjvGeom> ghosts,
                   const float eye[3]) {
  glPushAttrib(GL_ALL_ATTRIB_BITS);
  glPushClientAttrib(GL_CLIENT_VERTEX_ARRAY_BIT);
  for (const GLenum unit : {GL_TEXTURE1, GL_TEXTURE0}) {
    glActiveTexture(unit);
    glDisable(GL_TEXTURE_2D);
    glDisable(GL_TEXTURE_CUBE_MAP);
  }
  for (const GLenum feature : {GL_LIGHTING, GL_FOG, GL_COLOR_MATERIAL, GL_BLEND})
    glDisable(feature);
  glEnable(GL_DEPTH_TEST);
  glEnable(GL_CULL_FACE);
  glShadeModel(GL_SMOOTH);
  glDisableClientState(GL_NORMAL_ARRAY);
  glDisableClientState(GL_TEXTURE_COORD_ARRAY);
  glEnableClientState(GL_VERTEX_ARRAY);
  glEnableClientState(GL_COLOR_ARRAY);
  if (scenery) {
    if (scenery != scenery_) Upload(scenery);
    glBindBuffer(GL_ARRAY_BUFFER, buffers_[0]);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffers_[1]);
    PointAt(nullptr);
    const uint32_t* const start = nullptr;
    DrawTriangles(start, scenery->stains);
    if (scenery->stains < scenery->indices.size()) {
      glEnable(GL_BLEND);
      glBlendFunc(GL_DST_COLOR, GL_ZERO);
      DrawTriangles(start + scenery->stains, scenery->indices.size() - scenery->stains);
    }
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
  }
  glEnable(GL_BLEND);
  glBlendFunc(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA);
  glDepthMask(GL_FALSE);
  if (!translucent.empty()) DrawTranslucent(translucent, eye);
  glDisable(GL_DEPTH_TEST);
  if (!ghosts.empty()) DrawTranslucent(ghosts, eye);
  glPopClientAttrib();
  glPopAttrib();
}

void Painter::DrawTranslucent(std::span<const mjvGeom> geoms, const float eye[3]) const {
  std::vector<const mjvGeom*> order;
  for (const mjvGeom& geom : geoms) order.push_back(&geom);
  std::sort(order.begin(), order.end(), [&](const mjvGeom* a, const mjvGeom* b) {
    return Distance(a->pos, eye) > Distance(b->pos, eye);
  });
  SurfaceMesh mesh;
  std::vector<PaintedVertex> vertices;
  for (const mjvGeom* geom : order) {
    AppendSurface(*geom, 10, &mesh);
    for (size_t v = vertices.size(); v < mesh.vertices.size(); ++v) {
      const auto& at = mesh.vertices[v];
      const float distance = std::max(1e-6f, Distance(at.position, eye));
      float facing = 0;
      for (int k = 0; k < 3; ++k) facing += (eye[k] - at.position[k]) / distance * at.normal[k];
      const float rim = 1 - std::clamp(facing, 0.f, 1.f);
      PaintedVertex painted;
      for (int k = 0; k < 3; ++k) {
        painted.position[k] = at.position[k];
        const float light = 0.75f + 0.25f * at.normal[2] + 0.3f * rim;
        painted.rgba[k] =
            static_cast<uint8_t>(std::lround(255 * std::clamp(geom->rgba[k] * light, 0.f, 1.f)));
      }
      const float alpha = geom->rgba[3] * (0.6f + 1.6f * rim * rim);
      painted.rgba[3] = static_cast<uint8_t>(std::lround(255 * std::clamp(alpha, 0.f, 1.f)));
      vertices.push_back(painted);
    }
  }
  PointAt(reinterpret_cast<const std::byte*>(vertices.data()));
  DrawTriangles(mesh.indices.data(), mesh.indices.size());
}

}  // namespace peekaboo::sim
