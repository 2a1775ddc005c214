#include "sim/view/surface_mesh.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace peekaboo::sim {
namespace {

constexpr int kMostCuts = 40;  // of a straight edge

/// A point of the outline of a body of revolution: distance from its axis, place along it, normal.
struct Outline {
  float radius, z;
  float normal_radius, normal_z;
};

/// Puts vertices in the frame of one geom, and corners of triangles the right way round.
class Surface {
 public:
  Surface(const mjvGeom& geom, int slices, SurfaceMesh* mesh)
      : geom_(geom), slices_(slices), mesh_(*mesh) {}

  uint32_t Add(const float (&position)[3], const float (&normal)[3]) {
    SurfaceMesh::Vertex vertex;
    float length = 0;
    for (int row = 0; row < 3; ++row) {
      vertex.position[row] = geom_.pos[row];
      vertex.normal[row] = 0;
      for (int k = 0; k < 3; ++k) {
        vertex.position[row] += geom_.mat[3 * row + k] * position[k];
        vertex.normal[row] += geom_.mat[3 * row + k] * normal[k];
      }
      length += vertex.normal[row] * vertex.normal[row];
    }
    for (float& component : vertex.normal) component /= std::max(1e-9f, std::sqrt(length));
    mesh_.vertices.push_back(vertex);
    return static_cast<uint32_t>(mesh_.vertices.size() - 1);
  }

  /// A net of rows x columns vertices from `first` on, row by row; counterclockwise is from one
  /// column to the next, then from one row to the next.
  void Net(uint32_t first, int rows, int columns) {
    for (int r = 0; r + 1 < rows; ++r) {
      for (int c = 0; c + 1 < columns; ++c) {
        const uint32_t a = first + static_cast<uint32_t>(r * columns + c);
        const uint32_t b = a + static_cast<uint32_t>(columns);
        for (const uint32_t corner : {a, a + 1, b + 1, a, b + 1, b})
          mesh_.indices.push_back(corner);
      }
    }
  }

  /// About z, from the lower end of the outline to the upper; then stretched.
  void Revolve(const std::vector<Outline>& outline, float stretch_x = 1, float stretch_y = 1,
               float stretch_z = 1) {
    uint32_t first = 0;
    for (size_t i = 0; i < outline.size(); ++i) {
      const Outline& at = outline[i];
      for (int s = 0; s <= slices_; ++s) {
        const float angle =
            2 * std::numbers::pi_v<float> * static_cast<float>(s) / static_cast<float>(slices_);
        const float x = std::cos(angle), y = std::sin(angle);
        const uint32_t vertex =
            Add({stretch_x * at.radius * x, stretch_y * at.radius * y, stretch_z * at.z},
                {at.normal_radius * x / stretch_x, at.normal_radius * y / stretch_y,
                 at.normal_z / stretch_z});
        if (i == 0 && s == 0) first = vertex;
      }
    }
    Net(first, static_cast<int>(outline.size()), slices_ + 1);
  }

 private:
  const mjvGeom& geom_;
  int slices_;  // around
  SurfaceMesh& mesh_;
};

/// Corners of a quarter turn.
int QuarterCuts(float radius) {
  return std::clamp(static_cast<int>(std::lround(3.5f + 7 * radius)), 4, 12);
}

int Cuts(float length, float facet) {
  return std::clamp(static_cast<int>(std::ceil(length / facet)), 1, kMostCuts);
}

/// A quarter of a circle about (0, z), from pole to equator or back.
void AppendArc(float radius, float z, bool lower, int cuts, std::vector<Outline>* outline) {
  for (int i = 0; i <= cuts; ++i) {
    const float turn =
        std::numbers::pi_v<float> / 2 * static_cast<float>(i) / static_cast<float>(cuts);
    const float angle = lower ? turn - std::numbers::pi_v<float> / 2 : turn;
    outline->push_back(
        {radius * std::cos(angle), z + radius * std::sin(angle), std::cos(angle), std::sin(angle)});
  }
}

/// From one radius and height to another.
void AppendLine(float radius0, float z0, float radius1, float z1, int cuts,
                std::vector<Outline>* outline) {
  for (int i = 0; i <= cuts; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(cuts);
    outline->push_back(
        {radius0 + t * (radius1 - radius0), z0 + t * (z1 - z0), z1 - z0, radius0 - radius1});
  }
}

void AppendBox(const float (&half)[3], float facet, Surface* surface) {
  for (int axis = 0; axis < 3; ++axis) {
    const int right = (axis + 1) % 3, up = (axis + 2) % 3;
    for (const int side : {-1, 1}) {
      const int rows = Cuts(2 * half[up], facet) + 1, columns = Cuts(2 * half[right], facet) + 1;
      uint32_t first = 0;
      for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < columns; ++c) {
          float position[3], normal[3] = {};
          normal[axis] = static_cast<float>(side);
          position[axis] = static_cast<float>(side) * half[axis];
          position[up] = half[up] * (2 * static_cast<float>(r) / static_cast<float>(rows - 1) - 1);
          position[right] = static_cast<float>(side) * half[right] *
                            (2 * static_cast<float>(c) / static_cast<float>(columns - 1) - 1);
          const uint32_t vertex = surface->Add(position, normal);
          if (r == 0 && c == 0) first = vertex;
        }
      }
      surface->Net(first, rows, columns);
    }
  }
}

}  // namespace

bool HasSurface(int geom_type) {
  return geom_type == mjGEOM_SPHERE || geom_type == mjGEOM_CAPSULE ||
         geom_type == mjGEOM_ELLIPSOID || geom_type == mjGEOM_CYLINDER || geom_type == mjGEOM_BOX ||
         geom_type == mjGEOM_ARROW;
}

void AppendSurface(const mjvGeom& geom, float facet, SurfaceMesh* mesh) {
  PEEKABOO_CHECK(HasSurface(geom.type) && facet > 0);
  // Around z, what is flat needs corners only where it is bent.
  const int around = 4 * QuarterCuts(std::min(geom.size[0], geom.size[1]));
  const int quarter = QuarterCuts(
      geom.type == mjGEOM_ELLIPSOID ? std::max(geom.size[0], geom.size[2]) : geom.size[0]);
  Surface surface(geom, around, mesh);
  // As MuJoCo fills an mjvGeom in: half sizes along x, y, z; round things have the radius first.
  const float radius = geom.size[0], half = geom.size[2];
  std::vector<Outline> outline;
  switch (geom.type) {
    case mjGEOM_SPHERE:
    case mjGEOM_ELLIPSOID:
      AppendArc(1, 0, true, quarter, &outline);
      outline.pop_back();  // the equator comes again
      AppendArc(1, 0, false, quarter, &outline);
      surface.Revolve(outline, geom.size[0], geom.size[1], geom.size[2]);
      break;
    case mjGEOM_CAPSULE:
      AppendArc(radius, -half, true, quarter, &outline);
      AppendLine(radius, -half, radius, half, Cuts(2 * half, facet), &outline);
      AppendArc(radius, half, false, quarter, &outline);
      surface.Revolve(outline);
      break;
    case mjGEOM_CYLINDER:
      AppendLine(0, -half, radius, -half, Cuts(radius, facet), &outline);
      AppendLine(radius, -half, radius, half, Cuts(2 * half, facet), &outline);
      AppendLine(radius, half, 0, half, Cuts(radius, facet), &outline);
      surface.Revolve(outline);
      break;
    case mjGEOM_ARROW: {
      // From the origin along z; the head is a cone.
      const float head = std::min(half, 5 * radius);
      AppendLine(0, 0, radius, 0, 1, &outline);
      AppendLine(radius, 0, radius, half - head, 1, &outline);
      AppendLine(radius, half - head, 2.2f * radius, half - head, 1, &outline);
      AppendLine(2.2f * radius, half - head, 0, half, 1, &outline);
      surface.Revolve(outline);
      break;
    }
    default:
      AppendBox({geom.size[0], geom.size[1], geom.size[2]}, facet, &surface);
      break;
  }
}

}  // namespace peekaboo::sim
