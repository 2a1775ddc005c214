// Each way of breaking a law does what it says, and nothing else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/small_world.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

constexpr double kG = 9.81;  // m/s^2

/// `what` happens at 0.2 s: at the beginning of frame 10.
std::string At(const std::string& what) { return "[[event]]\nwhen = { time = 0.2 }\ndo = " + what; }

float Alpha(const SmallWorld& w, const char* geom) {
  return w.world.model()->geom_rgba[4 * mj_name2id(w.world.model(), mjOBJ_GEOM, geom) + 3];
}
const float* Colour(const SmallWorld& w, const char* body) {
  return w.world.model()->geom_rgba + 4 * w.stage->Require(body, "").geoms.front();
}

constexpr char kFloats[] =
    "\"stage.gravity\" = 0\n\"ball.z\" = 2\n\"ball.x\" = 0\n\"ball.vx\" = 1\n";

TEST(Intervention, VanishTakesOutOfTheWorld) {
  SmallWorld w(SmallScene("ball other", std::string(kFloats) + "\"other.z\" = 2\n\"other.x\" = 0.5",
                          At("{ vanish = \"ball\" }")));
  w.Step(9);
  EXPECT_TRUE(w.Read("ball").present);
  w.Step(30);
  EXPECT_FALSE(w.Read("ball").present);
  EXPECT_EQ(Colour(w, "ball")[3], 0) << "unseen";
  EXPECT_NEAR(w.Read("ball").x, 0.18, 1e-9) << "stays where it was";
  EXPECT_EQ(w.Read("other").x, 0.5) << "and hits nothing";
}

TEST(Intervention, AppearPutsIntoTheWorld) {
  SmallWorld w(SmallScene("", "", At("{ appear = \"ball\", x = 1, z = 3, vx = 0.5, vz = 1 }")));
  w.Step(9);
  EXPECT_FALSE(w.Read("ball").present);
  w.Step(11);
  const BodyReading ball = w.Read("ball");
  const double t = 11 * 0.02;
  EXPECT_TRUE(ball.present);
  EXPECT_EQ(Colour(w, "ball")[3], 1);
  EXPECT_NEAR(ball.x, 1 + 0.5 * t, 1e-9);
  EXPECT_NEAR(ball.z, 3 + t - kG * t * t / 2, 0.003);
}

TEST(Intervention, AppearBringsBackWhatVanished) {
  SmallWorld w(SmallScene("thing", "\"thing.z\" = 1",
                          At("{ vanish = \"thing\" }") +
                              "\n[[event]]\nwhen = { time = 0.4 }\ndo = { appear = \"thing\" }"));
  w.Step(9);
  const double left = w.Read("thing").z;
  w.Step(11);
  EXPECT_NEAR(w.Read("thing").z, left, 0.01) << "where it was";
  EXPECT_EQ(Alpha(w, "thing.sphere"), 1);
  EXPECT_EQ(Alpha(w, "thing.box"), 0) << "in what it wore";
  w.Step(80);
  EXPECT_NEAR(w.Read("thing").z, 0.1, 0.01) << "lies on the floor";
}

TEST(Intervention, TeleportMovesAtOnceAndKeepsTheSpeed) {
  SmallWorld to(SmallScene("ball", kFloats, At("{ teleport = \"ball\", x = 3, z = 1 }")));
  to.Step(10);
  EXPECT_NEAR(to.Read("ball").x, 3.02, 1e-9);
  EXPECT_NEAR(to.Read("ball").z, 1, 1e-9);
  EXPECT_NEAR(to.Read("ball").vx, 1, 1e-9);
  SmallWorld by(
      SmallScene("ball", kFloats, At("{ teleport = \"ball\", dx = \"-2 * ball.vx\", dz = 0.5 }")));
  by.Step(10);
  EXPECT_NEAR(by.Read("ball").x, 0.2 - 2, 1e-9);
  EXPECT_NEAR(by.Read("ball").z, 2.5, 1e-9);
}

TEST(Intervention, FreezeHoldsInTheAir) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 2\n\"ball.vx\" = 1\n\"ball.spin\" = 2",
                          At("{ freeze = \"ball\" }")));
  w.Step(9);
  const BodyReading before = w.Read("ball");
  w.Step(40);
  const BodyReading after = w.Read("ball");
  EXPECT_NEAR(after.x, before.x, 1e-9);
  EXPECT_NEAR(after.z, before.z, 1e-9);
  EXPECT_NEAR(after.angle, before.angle, 1e-9);
  EXPECT_NEAR(after.vz, 0, 1e-9);
}

TEST(Intervention, FreezeHoldsWhatIsStruck) {
  SmallWorld w(SmallScene(
      "ball other",
      "\"stage.gravity\" = 0\n\"ball.z\" = 2\n\"ball.vx\" = 2\n\"ball.x\" = -0.8\n\"other.z\" = 2",
      "[[event]]\nwhen = { time = 0 }\ndo = { freeze = \"other\" }"));
  w.Step(50);
  EXPECT_NEAR(w.Read("other").x, 0, 0.005) << "contacts are soft";
  EXPECT_LT(w.Read("ball").x, -0.15);
}

TEST(Intervention, ReleaseLetsGo) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 3",
                          "[[event]]\nwhen = { time = 0 }\ndo = { freeze = \"ball\" }\n" +
                              At("{ release = \"ball\" }")));
  w.Step(9);
  EXPECT_NEAR(w.Read("ball").z, 3, 1e-9);
  w.Step(20);
  EXPECT_NEAR(w.Read("ball").vz, -kG * 20 * 0.02, 1e-6) << "falls from rest";
}

TEST(Intervention, FloatGoesOnAsIfCarried) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 2\n\"ball.vx\" = 1", At("{ float = \"ball\" }")));
  w.Step(9);
  const double z = w.Read("ball").z;
  w.Step(31);
  EXPECT_NEAR(w.Read("ball").z, z, 1e-6);
  EXPECT_NEAR(w.Read("ball").x, 0.8, 1e-6);
  EXPECT_NEAR(w.Read("ball").vx, 1, 1e-6);
}

TEST(Intervention, GravityIsScaledForOneBody) {
  for (const double scale : {-1.0, 0.0, 0.5, 2.0}) {
    SmallWorld w(SmallScene("ball other", "\"ball.z\" = 20\n\"other.z\" = 20\n\"other.x\" = 1",
                            At("{ gravity = \"ball\", scale = " + std::to_string(scale) + " }")));
    w.Step(9);
    const double before = w.Read("ball").vz;
    w.Step(20);
    EXPECT_NEAR(w.Read("ball").vz - before, -scale * kG * 0.4, 1e-6) << scale;
    EXPECT_NEAR(w.Read("other").vz, -kG * 29 * 0.02, 1e-6) << "the other falls as ever";
  }
}

TEST(Intervention, PassThroughIsForTheTwoOnly) {
  SmallWorld w(
      SmallScene("ball other block",
                 "\"ball.z\" = 1.5\n\"other.z\" = 1.5\n\"other.x\" = 0.35\n\"block.z\" = 0.5",
                 At("{ pass_through = [\"ball\", \"block\"] }")));
  w.Step(100);
  EXPECT_NEAR(w.Read("ball").z, 0.1, 0.01) << "through the block, onto the floor";
  EXPECT_NEAR(w.Read("other").z, 0.8, 0.01) << "on the block";
}

TEST(Intervention, PassThroughWorksForTwoThatMoveAndForTheFloor) {
  SmallWorld two(SmallScene("ball other",
                            std::string(kFloats) + "\"other.z\" = 2\n\"other.x\" = 0.6",
                            At("{ pass_through = [\"ball\", \"other\"] }")));
  two.Step(50);
  EXPECT_NEAR(two.Read("ball").x, 1, 1e-9);
  EXPECT_EQ(two.Read("other").x, 0.6);
  SmallWorld floor(SmallScene("ball other", "\"ball.z\" = 0.5\n\"other.z\" = 0.5\n\"other.x\" = 1",
                              At("{ pass_through = [\"floor\", \"ball\"] }")));
  floor.Step(60);
  EXPECT_LT(floor.Read("ball").z, -1);
  EXPECT_NEAR(floor.Read("other").z, 0.1, 0.01);
}

TEST(Intervention, SwapColourRepaints) {
  SmallWorld w(SmallScene("ball", "\"ball.colour\" = \"red\"",
                          At("{ swap_colour = \"ball\", colour = \"blue\" }")));
  w.Step(9);
  EXPECT_EQ(Colour(w, "ball")[0], 1);
  EXPECT_EQ(Colour(w, "ball")[2], 0);
  w.Step(1);
  EXPECT_EQ(Colour(w, "ball")[0], 0);
  EXPECT_EQ(Colour(w, "ball")[2], 1);
  EXPECT_EQ(Colour(w, "ball")[3], 1) << "still to be seen";
}

TEST(Intervention, SwapShapeChangesWhatIsSeenAndWhatCollides) {
  SmallWorld w(SmallScene("thing", "\"thing.shape\" = \"sphere\"\n\"thing.z\" = 1",
                          At("{ swap_shape = \"thing\", shape = \"box\" }")));
  w.Step(9);
  EXPECT_EQ(Alpha(w, "thing.sphere"), 1);
  EXPECT_EQ(Alpha(w, "thing.box"), 0);
  w.Step(91);
  EXPECT_EQ(Alpha(w, "thing.sphere"), 0);
  EXPECT_EQ(Alpha(w, "thing.box"), 1);
  EXPECT_NEAR(w.Read("thing").z, 0.2, 0.01) << "lies as the box that it is";
}

TEST(Intervention, WhatIsUnseenStaysSoInAnotherShape) {
  SmallWorld w(
      SmallScene("", "\"thing.z\" = 1", At("{ swap_shape = \"thing\", shape = \"box\" }")));
  w.Step(20);
  EXPECT_FALSE(w.Read("thing").present);
  EXPECT_EQ(Alpha(w, "thing.box"), 0);
  EXPECT_EQ(Alpha(w, "thing.sphere"), 0);
  const int box = mj_name2id(w.world.model(), mjOBJ_GEOM, "thing.box");
  EXPECT_EQ(w.world.model()->geom_conaffinity[box], 0);
}

TEST(Intervention, ReverseTurnsTheMotionRound) {
  SmallWorld w(SmallScene("ball", std::string(kFloats) + "\"ball.vz\" = 0.5\n\"ball.spin\" = 3",
                          At("{ reverse = \"ball\" }")));
  w.Step(18);
  const BodyReading ball = w.Read("ball");
  EXPECT_NEAR(ball.x, 0, 1e-9) << "as long back as forth";
  EXPECT_NEAR(ball.z, 2, 1e-9);
  EXPECT_NEAR(ball.angle, 0, 1e-9);
  EXPECT_NEAR(ball.vx, -1, 1e-9);
  EXPECT_NEAR(ball.spin, -3, 1e-9);
}

TEST(Intervention, StopIsForAMomentOnly) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 6\n\"ball.vx\" = 1\n\"ball.spin\" = 3",
                          At("{ stop = \"ball\" }")));
  w.Step(29);
  EXPECT_NEAR(w.Read("ball").vx, 0, 1e-9);
  EXPECT_NEAR(w.Read("ball").spin, 0, 1e-9);
  EXPECT_NEAR(w.Read("ball").vz, -kG * 20 * 0.02, 1e-6) << "gravity goes on";
}

TEST(Intervention, AJointIsPushed) {
  TempFolder folder;
  folder.Write("model.xml",
               "<mujoco><option gravity='0 0 0'/><worldbody><body name='toy'><joint name='toy.y' "
               "type='slide' axis='0 1 0'/><geom size='.1'/></body></worldbody></mujoco>");
  const auto load = [&](const std::string& what) {
    const auto scene = LoadScene(folder.Write(
        "scene.toml",
        "model = \"model.xml\"\ncamera = \"free\"\nframe_hz = 10\nobjects = []\n" + At(what)));
    const auto stage = Stage::Load(scene->model);
    stage->Check(*scene);
    World world(stage);
    world.Reset(*scene, DrawFactors(*stage, *scene, {Split::kSeen, 1, 0}), {});
    for (int i = 0; i < 12; ++i) world.StepFrame();
    return world.data()->qpos[0];
  };
  EXPECT_NEAR(load("{ push = \"toy.y\", speed = 0.5 }"), 0.5, 0.06) << "for a second";
  EXPECT_THAT(ErrorOf([&] { load("{ push = \"toy.y\", vx = 0.5 }"); }),
              testing::HasSubstr("a joint takes 'speed'"));
}

TEST(Intervention, PushSetsTheVelocity) {
  SmallWorld w(
      SmallScene("ball", kFloats, At("{ push = \"ball\", vz = 0.3, spin = \"2 + ball.vx\" }")));
  w.Step(10);
  EXPECT_NEAR(w.Read("ball").vx, 1, 1e-9) << "what is not named stays";
  EXPECT_NEAR(w.Read("ball").vz, 0.3, 1e-9);
  EXPECT_NEAR(w.Read("ball").spin, 3, 1e-9);
}

}  // namespace
}  // namespace peekaboo::sim
