#include "sim/view/surface_mesh.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sim/view/ghost.h"

namespace peekaboo::sim {
namespace {

constexpr double kPi = std::numbers::pi;

/// Turned and moved, so that a frame that is mixed up shows.
mjvGeom Geom(int type, double a, double b, double c) {
  const mjtNum size[3] = {a, b, c}, position[3] = {1, -2, 3};
  const mjtNum axis[3] = {0.6, 0, 0.8};
  mjtNum turn[4], rotation[9];
  mju_axisAngle2Quat(turn, axis, 1);
  mju_quat2Mat(rotation, turn);
  const float grey[4] = {0.5f, 0.5f, 0.5f, 1};
  mjvGeom geom = {};
  mjv_initGeom(&geom, type, size, position, rotation, grey);
  return geom;
}

/// What the triangles enclose, m^3: above 0 only if they are counterclockwise from outside.
double Volume(const mjvGeom& geom, float facet = 0.1f) {
  SurfaceMesh mesh;
  AppendSurface(geom, facet, &mesh);
  double volume = 0;
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    double corner[3][3], cross[3];
    for (int c = 0; c < 3; ++c) {
      // From the middle, or what is open would not show.
      for (int k = 0; k < 3; ++k)
        corner[c][k] = mesh.vertices[mesh.indices[i + c]].position[k] - geom.pos[k];
    }
    mju_cross(cross, corner[1], corner[2]);
    volume += mju_dot3(corner[0], cross) / 6;
  }
  return volume;
}

TEST(SurfaceMesh, EnclosesWhatTheGeomDoes) {
  // Corners lie on what is round, so that its facets enclose a little less.
  EXPECT_NEAR(Volume(Geom(mjGEOM_BOX, 0.3, 0.5, 0.7)), 8 * 0.3 * 0.5 * 0.7, 1e-5);
  const double sphere = 4.0 / 3 * kPi * std::pow(0.5, 3);
  EXPECT_NEAR(Volume(Geom(mjGEOM_SPHERE, 0.5, 0.5, 0.5)), sphere, 0.04 * sphere);
  const double ellipsoid = 4.0 / 3 * kPi * 0.5 * 0.4 * 0.8;
  EXPECT_NEAR(Volume(Geom(mjGEOM_ELLIPSOID, 0.5, 0.4, 0.8)), ellipsoid, 0.05 * ellipsoid);
  const double cylinder = kPi * 0.25 * 1.2;
  EXPECT_NEAR(Volume(Geom(mjGEOM_CYLINDER, 0.5, 0.6, 0)), cylinder, 0.03 * cylinder);
  EXPECT_NEAR(Volume(Geom(mjGEOM_CAPSULE, 0.5, 0.6, 0)), cylinder + sphere,
              0.04 * (cylinder + sphere));
  const double cone = kPi * std::pow(2.2 * 0.1, 2) * 0.5 / 3, shaft = kPi * 0.01 * 1.5;
  EXPECT_NEAR(Volume(Geom(mjGEOM_ARROW, 0.1, 0.1, 2)), cone + shaft, 0.1 * (cone + shaft));
}

TEST(SurfaceMesh, NormalsPointOutwardsWithLengthOne) {
  for (const int type : {mjGEOM_BOX, mjGEOM_SPHERE, mjGEOM_ELLIPSOID, mjGEOM_CYLINDER}) {
    const mjvGeom geom = Geom(type, 0.3, 0.5, 0.7);
    SurfaceMesh mesh;
    AppendSurface(geom, 0.2f, &mesh);
    for (const SurfaceMesh::Vertex& vertex : mesh.vertices) {
      double length = 0, outwards = 0;
      for (int k = 0; k < 3; ++k) {
        length += vertex.normal[k] * vertex.normal[k];
        outwards += vertex.normal[k] * (vertex.position[k] - geom.pos[k]);
      }
      EXPECT_NEAR(length, 1, 1e-4);
      EXPECT_GT(outwards, 0);
    }
  }
}

TEST(SurfaceMesh, SmallerFacetsAreMore) {
  const mjvGeom box = Geom(mjGEOM_BOX, 0.5, 0.5, 0.5);
  SurfaceMesh coarse, fine;
  AppendSurface(box, 2, &coarse);
  AppendSurface(box, 0.25f, &fine);
  EXPECT_EQ(coarse.indices.size(), 6u * 2 * 3);
  EXPECT_EQ(fine.indices.size(), 6u * 16 * 2 * 3);
}

TEST(SurfaceMesh, KnowsWhatItKnows) {
  EXPECT_FALSE(HasSurface(mjGEOM_PLANE));
  EXPECT_FALSE(HasSurface(mjGEOM_MESH));
  SurfaceMesh mesh;
  EXPECT_THROW(AppendSurface(Geom(mjGEOM_PLANE, 1, 1, 1), 1, &mesh), std::logic_error);
}

TEST(Ghost, AnArrowGoesFromOnePointToTheOther) {
  const mjvGeom arrow = GhostArrow({1, 2, 3}, {1, 4, 3}, 0.1, {1, 0, 0, 1});
  EXPECT_LT(arrow.rgba[3], 0.995f);
  SurfaceMesh mesh;
  AppendSurface(arrow, 1, &mesh);
  double least = 10, most = -10;
  for (const auto& vertex : mesh.vertices) {
    least = std::min<double>(least, vertex.position[1]);
    most = std::max<double>(most, vertex.position[1]);
    EXPECT_LT(std::hypot(vertex.position[0] - 1, vertex.position[2] - 3), 0.23);
  }
  EXPECT_NEAR(least, 2, 1e-5);
  EXPECT_NEAR(most, 4, 1e-5);
}

}  // namespace
}  // namespace peekaboo::sim
