#include "sim/world/inverse_kinematics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "sim/scene/bare_scene.h"
#include "sim/scene/stage.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

class InverseKinematicsTest : public testing::Test {
 protected:
  World MakeWorld(const std::string& bodies) {
    const std::string path =
        folder_.Write("model.xml", "<mujoco><worldbody>" + bodies + "</worldbody></mujoco>");
    const auto scene = BareScene(path, {});
    World world(Stage::Load(scene->model));
    world.Reset(*scene, {}, {});
    return world;
  }
  static std::array<double, 3> Place(const World& world, int body) {
    const mjtNum* x = world.data()->xpos + 3 * body;
    return {x[0], x[1], x[2]};
  }

  TempFolder folder_;
};

constexpr char kArm[] =
    "<body name='upper'><joint name='shoulder' axis='0 0 1'/><geom type='capsule' size='.02' "
    "fromto='0 0 0 .5 0 0'/><body name='lower' pos='.5 0 0'><joint name='elbow' axis='0 0 1' "
    "limited='true' range='0.1 150'/><geom type='capsule' size='.02' fromto='0 0 0 .4 0 0'/>"
    "<body name='tip' pos='.4 0 0'><geom size='.02'/></body></body></body>";

TEST_F(InverseKinematicsTest, AnArmReachesWithItsTip) {
  World world = MakeWorld(kArm);
  for (const auto& [x, y] : {std::pair(0.3, 0.5), std::pair(-0.4, 0.2), std::pair(0.1, -0.6)}) {
    EXPECT_LT(MoveBodyTo(&world, 3, {x, y, 0}), 1e-3);
    EXPECT_NEAR(Place(world, 3)[0], x, 1e-3);
    EXPECT_NEAR(Place(world, 3)[1], y, 1e-3);
    EXPECT_GE(world.data()->qpos[1], 0) << "the elbow's limit";
  }
}

TEST_F(InverseKinematicsTest, WhatIsOutOfReachIsComeNearTo) {
  World world = MakeWorld(kArm);
  EXPECT_NEAR(MoveBodyTo(&world, 3, {2, 0, 0}), 1.1, 0.01);
}

TEST_F(InverseKinematicsTest, AFreeBodyIsPutAnywhereAndOthersStay) {
  World world = MakeWorld(
      "<body name='a' pos='0 0 1'><freejoint/><geom size='.1'/></body>"
      "<body name='b' pos='1 0 1'><joint type='slide' axis='1 0 0'/><geom size='.1'/></body>"
      "<body name='wall'><geom size='.1'/></body>");
  const auto b = Place(world, 2);
  EXPECT_LT(MoveBodyTo(&world, 1, {-3, 2, 0.5}), 1e-4);
  EXPECT_NEAR(Place(world, 1)[1], 2, 1e-3);
  EXPECT_EQ(Place(world, 2), b);
  EXPECT_NEAR(MoveBodyTo(&world, 2, {2, 1, 1}), 1, 1e-3) << "along its slide alone";
  EXPECT_NEAR(Place(world, 2)[0], 2, 1e-3);
  EXPECT_NEAR(MoveBodyTo(&world, 3, {1, 0, 0}), 1, 1e-9) << "it has no joint";
}

TEST_F(InverseKinematicsTest, NowhereIsRefused) {
  World world = MakeWorld(kArm);
  EXPECT_THROW(MoveBodyTo(&world, 3, {std::numeric_limits<double>::quiet_NaN(), 0, 0}), UserError);
}

}  // namespace
}  // namespace peekaboo::sim
