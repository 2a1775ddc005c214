#include "sim/view/view_camera.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/view/scene_viewer.h"
#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

constexpr double kAspect = 1.6;

mjvCamera InMujoco(const ViewCamera& camera) {
  mjvCamera same;
  mjv_defaultCamera(&same);
  same.azimuth = camera.azimuth;
  same.elevation = camera.elevation;
  same.distance = camera.distance;
  mju_copy3(same.lookat, camera.look_at.data());
  return same;
}

/// What MuJoCo's own viewers make of it.
class ViewCameraTest : public ::testing::Test {
 protected:
  ViewCameraTest() : w_(SmallScene("ball", "")) {
    mjv_defaultScene(&scene_);
    mjv_makeScene(w_.world.model(), &scene_, 100);
    mjv_defaultOption(&visible_);
  }
  ~ViewCameraTest() override { mjv_freeScene(&scene_); }

  void Look(mjvCamera camera) {
    mjv_updateScene(w_.world.model(), w_.world.data(), &visible_, nullptr, &camera, mjCAT_ALL,
                    &scene_);
  }
  void ExpectSame(const mjvGLCamera& own) const {
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(own.pos[k], (scene_.camera[0].pos[k] + scene_.camera[1].pos[k]) / 2, 1e-5);
      EXPECT_NEAR(own.forward[k], scene_.camera[0].forward[k], 1e-5);
      EXPECT_NEAR(own.up[k], scene_.camera[0].up[k], 1e-5);
    }
    EXPECT_NEAR(own.frustum_top / own.frustum_near,
                scene_.camera[0].frustum_top / scene_.camera[0].frustum_near, 1e-5);
  }

  SmallWorld w_;
  mjvScene scene_;
  mjvOption visible_;
};

TEST_F(ViewCameraTest, LooksAsMujocoDoes) {
  ViewCamera camera;
  camera.look_at = {0.3, -0.2, 0.5};
  camera.azimuth = 120;
  camera.elevation = -25;
  camera.distance = 3;
  camera.fovy = w_.world.model()->vis.global.fovy;
  Look(InMujoco(camera));
  ExpectSame(ToGl(camera, {}));
}

TEST_F(ViewCameraTest, LooksThroughTheModelsOwn) {
  ViewCamera camera;
  camera.fixed = "audience";
  mjvCamera own;
  mjv_defaultCamera(&own);
  own.type = mjCAMERA_FIXED;
  own.fixedcamid = 0;
  Look(own);
  SceneViewer viewer(*w_.stage);
  ExpectSame(ToGl(camera, viewer.Capture(w_.world)));
}

TEST_F(ViewCameraTest, TheMouseMovesItAsInMujoco) {
  ViewCamera camera;
  camera.azimuth = 80;
  mjvCamera same = InMujoco(camera);
  Look(same);
  camera.Orbit(0.2, -0.05);
  mjv_moveCamera(w_.world.model(), mjMOUSE_ROTATE_V, 0.2, -0.05, &scene_, &same);
  EXPECT_NEAR(camera.azimuth, same.azimuth, 1e-9);
  EXPECT_NEAR(camera.elevation, same.elevation, 1e-9);
}

TEST(ViewCamera, WhatIsPannedStaysUnderTheMouse) {
  ViewCamera camera;
  const std::array<double, 3> point = camera.look_at;
  camera.Pan(0.1, 0.2);
  std::array<double, 2> uv;
  ASSERT_TRUE(ToView(camera, {}, kAspect, point, &uv));
  EXPECT_NEAR(uv[0], 2 * 0.1 / kAspect, 1e-9) << "a share of the height, to the right";
  EXPECT_NEAR(uv[1], -2 * 0.2, 1e-9) << "down";
}

TEST(ViewCamera, StaysWithinReason) {
  ViewCamera camera;
  for (int i = 0; i < 100; ++i) {
    camera.Orbit(1.7, 0.5);
    camera.Pan(3, 3);
    camera.Zoom(5);
  }
  EXPECT_GE(camera.elevation, -89);
  EXPECT_LE(std::abs(camera.azimuth), 180);
  EXPECT_NEAR(camera.distance, 0.3, 1e-9);
  for (int i = 0; i < 200; ++i) camera.Zoom(-5);
  EXPECT_NEAR(camera.distance, 30, 1e-9);
  for (const double x : camera.look_at) EXPECT_LE(std::abs(x), 20);
}

TEST(ViewCamera, AFixedOneIsNotMoved) {
  ViewCamera camera;
  camera.fixed = "audience";
  const ViewCamera before = camera;
  camera.Orbit(0.1, 0.1);
  camera.Pan(0.1, 0.1);
  camera.Zoom(1);
  EXPECT_EQ(camera, before);
}

TEST(ViewCamera, PointsAndRaysAgree) {
  ViewCamera camera;
  camera.azimuth = 60;
  camera.elevation = 20;
  for (const double u : {-0.9, 0.0, 0.4}) {
    for (const double v : {-0.7, 0.0, 1.0}) {
      const ViewRay ray = RayThrough(camera, {}, kAspect, u, v);
      std::array<double, 3> point;
      for (int k = 0; k < 3; ++k) point[k] = ray.origin[k] + 2.5 * ray.direction[k];
      EXPECT_NEAR(mju_norm3(ray.direction.data()), 1, 1e-12);
      std::array<double, 2> uv;
      ASSERT_TRUE(ToView(camera, {}, kAspect, point, &uv));
      EXPECT_NEAR(uv[0], u, 1e-9);
      EXPECT_NEAR(uv[1], v, 1e-9);
      for (int k = 0; k < 3; ++k) point[k] = ray.origin[k] - 2.5 * ray.direction[k];
      EXPECT_FALSE(ToView(camera, {}, kAspect, point, &uv)) << "behind";
    }
  }
}

TEST(ViewCamera, ARayMeetsThePlaneOfTheStage) {
  const auto met = MeetPlane({{1, -2, 3}, {0, 0.8, -0.6}});
  ASSERT_TRUE(met.has_value());
  EXPECT_NEAR((*met)[0], 1, 1e-12);
  EXPECT_EQ((*met)[1], 0);
  EXPECT_NEAR((*met)[2], 1.5, 1e-12);
  EXPECT_FALSE(MeetPlane({{1, -2, 3}, {0, -0.8, -0.6}}).has_value()) << "behind";
  EXPECT_FALSE(MeetPlane({{1, -2, 3}, {1, 0, 0}}).has_value()) << "along it";
}

}  // namespace
}  // namespace peekaboo::sim
