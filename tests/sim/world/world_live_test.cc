// What people do to a world while it runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

constexpr char kFloats[] = "\"stage.gravity\" = 0\n\"ball.z\" = 1\n\"ball.x\" = 0.5\n";

TEST(WorldLive, ARayHitsWhatIsSeenFirst) {
  SmallWorld w(SmallScene(
      "ball other", std::string(kFloats) + "\"other.z\" = 1\n\"other.x\" = 0.5\n\"other.y\" = 1"));
  const double eye[3] = {0.5, -3, 1}, ahead[3] = {0, 2, 0}, down[3] = {0, 0, -1}, up[3] = {0, 0, 1};
  const auto ball = w.world.Pick(eye, ahead);
  ASSERT_TRUE(ball);
  EXPECT_EQ(ball->entity->name, "ball");
  EXPECT_NEAR(ball->point[1], -0.1, 1e-6);
  const auto floor = w.world.Pick(eye, down);
  ASSERT_TRUE(floor);
  EXPECT_EQ(floor->entity->name, "floor");
  EXPECT_FALSE(w.world.Pick(eye, up));
  w.world.Apply({Intervention::Kind::kVanish, {"ball"}, {}, "", "test"});
  ASSERT_TRUE(w.world.Pick(eye, ahead));
  EXPECT_EQ(w.world.Pick(eye, ahead)->entity->name, "other");
  const double nowhere[3] = {0, 0, 0};
  EXPECT_FALSE(w.world.Pick(eye, nowhere));
}

TEST(WorldLive, ARayReachesThroughFixtures) {
  SmallWorld w(
      SmallScene("ball block",
                 std::string(kFloats) + "\"block.x\" = 0.5\n\"block.y\" = -1\n\"block.z\" = 0.9"));
  const double eye[3] = {0.5, -3, 1}, ahead[3] = {0, 2, 0}, aside[3] = {1, 1, 0};
  ASSERT_TRUE(w.world.Pick(eye, ahead));
  EXPECT_EQ(w.world.Pick(eye, ahead)->entity->name, "block");
  const auto behind = w.world.Pick(eye, ahead, /*through=*/true);
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->entity->name, "ball");
  EXPECT_NEAR(behind->point[1], -0.1, 1e-6);
  EXPECT_FALSE(w.world.Pick(eye, aside, /*through=*/true));
}

// x'' = k (to - x) - 2 sqrt(k) x': (to - x) = (1 + w t) exp(-w t) of the distance, w = 10 / s.
TEST(WorldLive, ASpringPullsCriticallyDamped) {
  SmallWorld w(SmallScene("ball", kFloats));
  const double to[3] = {1.5, 9, 1};
  w.world.Pull(w.stage->Require("ball", ""), to);
  w.Step(10);
  EXPECT_NEAR(w.Read("ball").x, 1.5 - 3 * std::exp(-2), 0.01);
  EXPECT_NEAR(w.Read("ball").z, 1, 1e-6);
  w.Step(200);
  EXPECT_NEAR(w.Read("ball").x, 1.5, 1e-3);
  w.world.LetGo();
  const double far[3] = {-5, 0, 1};
  w.world.Pull(w.stage->Require("ball", ""), far);
  w.Step(2);
  w.world.LetGo();
  const double speed = w.Read("ball").vx;
  EXPECT_LT(speed, 0);
  w.Step(5);
  EXPECT_NEAR(w.Read("ball").vx, speed, 1e-9) << "free again";
}

// The same spring for the angle, whatever the inertia.
TEST(WorldLive, ASpringTwistsCriticallyDamped) {
  for (const char* name : {"ball", "box"}) {
    SmallWorld w(SmallScene(name, std::string("\"stage.gravity\" = 0\n\"") + name + ".z\" = 1"));
    const Entity& body = w.stage->Require(name, "");
    for (int i = 0; i < 2; ++i) w.world.Twist(body, 0.5);
    w.Step(10);
    EXPECT_NEAR(w.Read(name).angle, 1 - 3 * std::exp(-2), 0.01) << name;
    w.Step(200);
    EXPECT_NEAR(w.Read(name).angle, 1, 1e-3) << name;
    EXPECT_NEAR(w.Read(name).z, 1, 1e-2) << name << " is not moved";
    w.world.Twist(body, 1);
    w.Step(2);
    w.world.LetGo();
    const double spin = w.Read(name).spin;
    EXPECT_GT(spin, 0.5) << name;
    w.Step(5);
    EXPECT_NEAR(w.Read(name).spin, spin, 0.05 * spin) << name << " is free again";
  }
}

TEST(WorldLive, NobodyPullsWhatBeginsAgain) {
  SmallWorld w(SmallScene("ball", kFloats));
  const Entity& ball = w.stage->Require("ball", "");
  const double far[3] = {-5, 0, 1};
  w.world.Twist(ball, 2);
  w.world.Pull(ball, far);
  w.world.Reset(*w.scene, w.draw, {});
  w.world.Twist(ball, 0.1);
  w.Step(100);
  EXPECT_NEAR(w.Read("ball").angle, 0.1, 1e-3);
  EXPECT_NEAR(w.Read("ball").x, 0.5, 1e-2);
}

TEST(WorldLive, BodiesAreTurnedAtOnce) {
  SmallWorld w(SmallScene("ball block", std::string(kFloats) + "\"ball.vx\" = 1"));
  w.world.Turn(w.stage->Require("ball", ""), 0.5);
  EXPECT_NEAR(w.Read("ball").angle, 0.5, 1e-12);
  const double x = w.Read("ball").x;
  w.Step(3);
  EXPECT_NEAR(w.Read("ball").angle, 0.5, 1e-9);
  EXPECT_NEAR(w.Read("ball").x, x, 1e-9) << "stands still";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(w.world.Turn(w.stage->Require("ball", ""), nan), UserError);
  EXPECT_THROW(w.world.Twist(w.stage->Require("ball", ""), nan), UserError);
  EXPECT_THROW(w.world.Twist(w.stage->Require("block", ""), 1), UserError);
}

TEST(WorldLive, WhatFloatsFloatsWhilePulled) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 1\n\"ball.x\" = 0"));
  w.world.Apply({Intervention::Kind::kFloat, {"ball"}, {}, "", "test"});
  const double to[3] = {1, 0, 1};
  w.world.Pull(w.stage->Require("ball", ""), to);
  w.Step(50);
  EXPECT_NEAR(w.Read("ball").x, 1, 0.01);
  EXPECT_NEAR(w.Read("ball").z, 1, 1e-3);
}

TEST(WorldLive, ThingsArePutInPlace) {
  SmallWorld w(SmallScene("ball block", std::string(kFloats) + "\"ball.vx\" = 1"));
  w.Step(1);
  w.world.Place(w.stage->Require("ball", ""), -1, 2);
  EXPECT_NEAR(w.Read("ball").x, -1, 1e-12);
  EXPECT_NEAR(w.Read("ball").z, 2, 1e-12);
  w.Step(1);
  EXPECT_NEAR(w.Read("ball").x, -1, 1e-9) << "stands still";
  const Entity& block = w.stage->Require("block", "");
  w.world.Place(block, 0.7, 0.4);
  w.Step(3);
  const double* at = w.world.data()->mocap_pos + 3 * block.mocap;
  EXPECT_NEAR(at[0], 0.7, 1e-9);
  EXPECT_NEAR(at[2], 0.4, 1e-9);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(w.world.Place(block, nan, 0), UserError);
  const double to[3] = {nan, 0, 0};
  EXPECT_THROW(w.world.Pull(w.stage->Require("ball", ""), to), UserError);
}

TEST(WorldLive, GravityIsAdjustedWhileThingsFall) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 5"));
  w.Step(10);
  const BodyReading before = w.Read("ball");
  ASSERT_TRUE(w.world.Adjust(*w.scene, "stage.gravity", 0.0));
  w.Step(10);
  EXPECT_NEAR(w.Read("ball").vz, before.vz, 1e-9);
}

TEST(WorldLive, ColoursLightsAndCamerasAreAdjusted) {
  SmallWorld w(SmallScene("ball", std::string(kFloats) + "\"ball.colour\" = \"red\""));
  const mjModel* m = w.world.model();
  const float* rgba = m->geom_rgba + 4 * w.stage->Require("ball", "").geoms.front();
  ASSERT_TRUE(w.world.Adjust(*w.scene, "ball.colour", std::string("blue")));
  EXPECT_EQ(rgba[0], 0);
  EXPECT_EQ(rgba[2], 1);
  ASSERT_TRUE(w.world.Adjust(*w.scene, "ball.shade", 0.5));
  EXPECT_FLOAT_EQ(rgba[2], 0.5);
  const double x = m->cam_pos[0];
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(w.world.Adjust(*w.scene, "audience.dx", 0.25));
  EXPECT_NEAR(m->cam_pos[0], x + 0.25, 1e-12) << "once, however often";
  ASSERT_TRUE(w.world.Adjust(*w.scene, "lamp.x", 1.0));
  EXPECT_NEAR(m->light_pos[0], 1, 1e-12);
}

TEST(WorldLive, AdjustingIsAsHavingBegunSo) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 0.1\n\"stage.friction\" = 0.1"));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "ball.friction", 0.7));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "stage.friction", 0.3));
  SmallWorld other(
      SmallScene("ball", "\"ball.z\" = 0.1\n\"stage.friction\" = 0.3\n\"ball.friction\" = 0.7"));
  for (int g = 0; g < w.world.model()->ngeom; ++g)
    EXPECT_EQ(w.world.model()->geom_friction[3 * g], other.world.model()->geom_friction[3 * g])
        << g;
}

TEST(WorldLive, HowThingsBeginIsNotAdjusted) {
  SmallWorld w(SmallScene("ball", kFloats));
  EXPECT_FALSE(w.world.Adjust(*w.scene, "ball.x", 1.0));
  EXPECT_FALSE(w.world.Adjust(*w.scene, "ball.scale", 1.0));
  EXPECT_FALSE(w.world.Adjust(*w.scene, "speed", 1.0));
  EXPECT_THROW(w.world.Adjust(*w.scene, "ball.colour", std::string("octarine")), UserError);
  EXPECT_THROW(w.world.Adjust(*w.scene, "ball.colour", 1.0), UserError);
  EXPECT_THROW(w.world.Adjust(*w.scene, "audience.zoom", 0.0), UserError);
}

TEST(WorldLive, TheTimeStepFillsAFrame) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 5"));
  w.world.SetTimeStep(0.003);
  w.Step(25);
  EXPECT_NEAR(w.world.data()->time, 0.5, 1e-9);
  EXPECT_NEAR(w.Read("ball").z, 5 - 9.81 * 0.25 / 2, 0.02);
  EXPECT_THROW(w.world.SetTimeStep(0), UserError);
  EXPECT_THROW(w.world.SetTimeStep(1), UserError);
}

TEST(WorldLive, WhatPeopleChangedIsPartOfTheState) {
  SmallWorld w(SmallScene("ball block",
                          "\"ball.z\" = 5\n\"ball.colour\" = \"red\"\n"
                          "\"block.z\" = 0.5\n\"block.x\" = 3"));
  w.Step(2);
  const WorldState before = w.world.Save();
  const auto rest = [&] {
    w.Step(20);
    return w.State();
  };
  const std::vector<double> unchanged = rest();
  w.world.Restore(before);
  ASSERT_TRUE(w.world.Adjust(*w.scene, "stage.gravity", 3.0));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "ball.friction", 0.9));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "ball.colour", std::string("blue")));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "audience.dx", 0.5));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "audience.mirror", 1.0));
  ASSERT_TRUE(w.world.Adjust(*w.scene, "lamp.brightness", 0.9));
  w.world.SetTimeStep(0.004);
  w.world.Place(w.stage->Require("block", ""), -2, 1);
  const WorldState after = w.world.Save();
  const std::vector<double> changed = rest();
  EXPECT_NE(changed, unchanged);

  const mjModel* m = w.world.model();
  const float* rgba = m->geom_rgba + 4 * w.stage->Require("ball", "").geoms.front();
  const double* block = w.world.data()->mocap_pos + 3 * w.stage->Require("block", "").mocap;
  w.world.Restore(before);
  EXPECT_EQ(rgba[0], 1);
  EXPECT_FALSE(w.world.mirrored());
  EXPECT_EQ(m->opt.timestep, w.stage->model()->opt.timestep);
  EXPECT_EQ(m->cam_pos[0], w.stage->model()->cam_pos[0]);
  EXPECT_EQ(m->light_diffuse[0], w.stage->model()->light_diffuse[0]);
  EXPECT_FALSE(w.world.draw().count("stage.gravity"));
  EXPECT_EQ(rest(), unchanged);
  EXPECT_NEAR(block[0], 3, 1e-9);

  w.world.Restore(after);
  EXPECT_EQ(rgba[2], 1);
  EXPECT_TRUE(w.world.mirrored());
  EXPECT_EQ(std::get<double>(w.world.draw().at("stage.gravity")), 3);
  EXPECT_EQ(rest(), changed);
  EXPECT_NEAR(block[0], -2, 1e-9);
}

TEST(WorldLive, ASpringDoesNotOutliveItsPulling) {
  SmallWorld w(SmallScene("ball", kFloats));
  const double to[3] = {3, 0, 1};
  w.world.Pull(w.stage->Require("ball", ""), to);
  w.Step(2);
  const WorldState state = w.world.Save();
  const double speed = w.Read("ball").vx;
  w.world.LetGo();
  w.Step(2);
  w.world.Restore(state);
  w.Step(5);
  EXPECT_NEAR(w.Read("ball").vx, speed, 1e-9);
}

TEST(WorldLive, FixturesVanishAndAppear) {
  SmallWorld w(SmallScene("ball block",
                          "\"ball.z\" = 1.5\n\"ball.x\" = 0\n"
                          "\"block.z\" = 0.5\n\"block.x\" = 0\n"
                          "\"slope.width\" = 1\n\"slope.height\" = 0.2"));
  const Entity &block = w.stage->Require("block", ""), &slope = w.stage->Require("slope", "");
  const auto alpha = [&](const Entity& entity) {
    return w.world.model()->geom_rgba[4 * entity.geoms.front() + 3];
  };
  EXPECT_TRUE(w.world.IsPresent(block));
  EXPECT_FALSE(w.world.IsPresent(slope));
  const WorldState before = w.world.Save();
  w.world.Apply({Intervention::Kind::kVanish, {"block"}, {}, "", "test"});
  EXPECT_FALSE(w.world.IsPresent(block));
  w.Step(100);
  EXPECT_EQ(alpha(block), 0) << "and stays away";
  EXPECT_NEAR(w.Read("ball").z, 0.1, 0.01) << "fell through where it was";

  w.world.Restore(before);
  EXPECT_EQ(alpha(block), 1);
  w.world.Apply({Intervention::Kind::kAppear,
                 {"slope"},
                 {{"x", Expression(0.0)}, {"z", Expression(1.2)}},
                 "",
                 "test"});
  EXPECT_TRUE(w.world.IsPresent(slope));
  EXPECT_EQ(alpha(slope), 1);
  w.Step(100);
  EXPECT_NEAR(w.Read("ball").z, 1.4, 0.01) << "lies on what appeared";
}

TEST(WorldLive, AScreenThatLayHiddenStandsWhenItAppears) {
  SmallWorld w(SmallScene("block", "\"block.z\" = 0\n\"block.rise\" = 50"));
  const Entity& block = w.stage->Require("block", "");
  const float& alpha = w.world.model()->geom_rgba[4 * block.geoms.front() + 3];
  EXPECT_EQ(alpha, 0);
  w.world.Apply({Intervention::Kind::kAppear, {"block"}, {}, "", "test"});
  w.Step(1);
  EXPECT_EQ(alpha, 1);
  EXPECT_NEAR(w.world.data()->mocap_pos[3 * block.mocap + 2],
              w.world.model()->geom_size[3 * block.geoms.front() + 2], 1e-9)
      << "on the floor";
}

// A frame is watched on its way; one that is played again, because of an event in it, from its
// beginning.
TEST(WorldLive, AFrameIsWatched) {
  SmallWorld plain(SmallScene("ball", "\"ball.z\" = 1"));
  SmallWorld watched(SmallScene("ball", "\"ball.z\" = 1"));
  std::vector<double> shares, heights;
  for (int t = 0; t < 5; ++t) {
    plain.Step(1);
    shares.clear();
    heights.clear();
    watched.world.StepFrame([&](double share) {
      shares.push_back(share);
      heights.push_back(watched.Read("ball").z);
    });
  }
  EXPECT_EQ(watched.State(), plain.State());
  ASSERT_EQ(shares.size(), 20u);
  EXPECT_DOUBLE_EQ(shares.front(), 0.05);
  EXPECT_DOUBLE_EQ(shares.back(), 1);
  EXPECT_TRUE(std::is_sorted(heights.rbegin(), heights.rend()));
  EXPECT_EQ(heights.back(), watched.Read("ball").z);

  SmallWorld again(SmallScene("ball",
                              "\"stage.gravity\" = 0\n\"ball.z\" = 1\n\"ball.x\" = 0\n"
                              "\"ball.vx\" = 1",
                              "[[event]]\nwhen = { crosses = 0.03, body = \"ball\" }\n"
                              "do = { reverse = \"ball\" }"));
  again.Step(1);
  std::vector<double> places;
  again.world.StepFrame([&](double) { places.push_back(again.Read("ball").x); });
  ASSERT_EQ(places.size(), 40u) << "twice";
  EXPECT_GT(places[19], 0.03);
  EXPECT_NEAR(places[39], 0, 1e-9);
}

TEST(WorldLive, OneBodyAlonePassesThroughAllButTheWorld) {
  SmallWorld w(SmallScene("ball block", "\"ball.z\" = 1\n\"block.z\" = 0.3\n\"block.x\" = 0"));
  w.world.Apply({Intervention::Kind::kPassThrough, {"ball"}, {}, "", "test"});
  w.Step(100);
  EXPECT_NEAR(w.Read("ball").z, 0.1, 0.01) << "on the floor, below the block";
}

}  // namespace
}  // namespace peekaboo::sim
