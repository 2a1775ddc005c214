#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <vector>

namespace peekaboo::sim {

/// Triangles, seen from the side on which their corners go counterclockwise. World frame, m.
struct SurfaceMesh {
  /// As the renderer takes it.
  struct Vertex {
    float position[3];
    float normal[3];  ///< unit length, outwards
  };
  std::vector<Vertex> vertices;
  std::vector<uint32_t> indices;  ///< three a triangle
};

/// Whether AppendSurface knows a geom's type: sphere, capsule, ellipsoid, cylinder, box, arrow.
bool HasSurface(int geom_type);

/// Adds the surface of a geom to `mesh`, in facets of at most about `facet` metres along straight
/// edges (as fine as light that is worked out at corners needs it). PEEKABOO_CHECKs HasSurface.
void AppendSurface(const mjvGeom& geom, float facet, SurfaceMesh* mesh);

}  // namespace peekaboo::sim
