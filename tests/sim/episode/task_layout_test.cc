#include "sim/episode/task_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// A hand that slides on a table, moved by servos of velocity; a block beside it.
constexpr char kTable[] = R"(<mujoco><option timestep="0.01"/><worldbody>
  <camera name="above" pos="0 0 4"/>
  <body name="hand" pos="0 0 .1"><joint name="hx" type="slide" axis="1 0 0"/>
  <joint name="hy" type="slide" axis="0 1 0"/><geom size=".1" mass="1"/></body>
  <body name="block" pos="0 0 .1"><joint name="bx" type="slide" axis="1 0 0" frictionloss="1"/>
  <joint name="by" type="slide" axis="0 1 0" frictionloss="1"/><joint name="turn" axis="0 0 1"
  frictionloss=".1"/><geom type="box" size=".1 .1 .1" mass=".5"/></body></worldbody>
  <actuator><velocity joint="hx" kv="20" ctrlrange="-1 1" ctrllimited="true"/>
  <velocity joint="hy" kv="20" ctrlrange="-1 1" ctrllimited="true"/></actuator></mujoco>)";

class TaskLayoutTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Scene> Load(const std::string& task) {
    folder_.Write("table.xml", kTable);
    return LoadScene(folder_.Write(
        "task.toml",
        "model = \"table.xml\"\ncamera = \"above\"\nframe_hz = 10\nobjects = [\"hand\", "
        "\"block\"]\n"
        "[play]\nkind = \"seek\"\nrepeat = 2\ntargets = [\"block\"]\n[vary]\n"
        "\"hx.position\" = { uniform = [-0.8, 0.8] }\n\"hy.position\" = { uniform = [-0.8, 0.8] }\n"
        "\"bx.position\" = { uniform = [-0.5, 0.5] }\n\"by.position\" = { uniform = [-0.5, 0.5] "
        "}\n" +
            task));
  }
  World MakeWorld(const Scene& scene) {
    const auto stage = Stage::Load(scene.model);
    stage->Check(scene);
    return World(stage);
  }
  std::string Error(const std::string& task) {
    return ErrorOf([&] {
      const auto scene = Load(task);
      World world = MakeWorld(*scene);
      DrawTaskLayout(*scene, 1, 0, &world);
    });
  }

  TempFolder folder_;
};

constexpr char kReach[] =
    "[task]\nsuccess = [{ body = \"hand\", within = 0.1 }]\napart = 0.5\nactions = 7\n"
    "[task.goal]\n\"hx.position\" = { uniform = [-0.8, 0.8] }\n"
    "\"hy.position\" = { uniform = [-0.8, 0.8] }\n";
constexpr char kPush[] =
    "[task]\nsuccess = [{ body = \"block\", within = 0.05, turned = 3 }]\nahead = 6\napart = "
    "0.15\n";

TEST_F(TaskLayoutTest, AGoalThatIsDrawnDiffersInItsFactorsAlone) {
  const auto scene = Load(kReach);
  EXPECT_EQ(scene->task.actions, 7);
  World world = MakeWorld(*scene);
  for (uint64_t index = 0; index < 20; ++index) {
    const TaskLayout layout = DrawTaskLayout(*scene, 1, index, &world);
    const double block[2] = {world.data()->qpos[2], world.data()->qpos[3]};
    const TaskError start = MeasureTask(*scene, layout, world);
    EXPECT_FALSE(start.success);
    EXPECT_GE(start.distance, 0.5);
    EXPECT_EQ(world.data()->ncon, 0);
    world.Restore(layout.goal);
    EXPECT_EQ(world.data()->qpos[2], block[0]);
    EXPECT_EQ(world.data()->qpos[3], block[1]);
    const TaskError goal = MeasureTask(*scene, layout, world);
    EXPECT_TRUE(goal.success);
    EXPECT_LT(goal.distance, 1e-9);
    world.Restore(layout.start);
    EXPECT_EQ(MeasureTask(*scene, layout, world).distance, start.distance);
  }
}

TEST_F(TaskLayoutTest, AGoalOfPlayIsWherePlayingLeadTo) {
  const auto scene = Load(kPush);
  World world = MakeWorld(*scene);
  for (uint64_t index = 0; index < 5; ++index) {
    const TaskLayout layout = DrawTaskLayout(*scene, 1, index, &world);
    const TaskError start = MeasureTask(*scene, layout, world);
    EXPECT_FALSE(start.success);
    EXPECT_GE(start.distance, 0.15);
    const int frame = world.frame();
    world.Restore(layout.goal);
    EXPECT_EQ(world.frame() - frame, 12) << "six actions of two frames";
    EXPECT_TRUE(MeasureTask(*scene, layout, world).success);
  }
}

TEST_F(TaskLayoutTest, TheSameIndexGivesTheSameLayout) {
  for (const char* task : {kReach, kPush}) {
    const auto scene = Load(task);
    World one = MakeWorld(*scene), two = MakeWorld(*scene);
    DrawTaskLayout(*scene, 1, 3, &two);
    const TaskLayout a = DrawTaskLayout(*scene, 1, 4, &one);
    const TaskLayout b = DrawTaskLayout(*scene, 1, 4, &two);
    const TaskLayout other = DrawTaskLayout(*scene, 2, 4, &two);
    EXPECT_EQ(a.wanted[0].position, b.wanted[0].position);
    EXPECT_EQ(a.start.physics.integration, b.start.physics.integration);
    EXPECT_NE(a.wanted[0].position, other.wanted[0].position);
  }
}

TEST_F(TaskLayoutTest, AGoalIsMovedWhereItsJointsAllowIt) {
  const auto scene = Load(kReach);
  World world = MakeWorld(*scene);
  const TaskLayout layout = DrawTaskLayout(*scene, 1, 0, &world);
  const WorldState before = world.Save();
  const TaskLayout moved = MoveGoal(*scene, layout, "hand", {0.2, -0.3, 5}, &world);
  EXPECT_EQ(world.Save().physics.integration, before.physics.integration) << "left as it is";
  EXPECT_NEAR(moved.wanted[0].position[0], 0.2, 1e-3);
  EXPECT_NEAR(moved.wanted[0].position[1], -0.3, 1e-3);
  EXPECT_NEAR(moved.wanted[0].position[2], 0.1, 1e-9) << "no joint lifts it";
  world.Restore(moved.goal);
  EXPECT_TRUE(MeasureTask(*scene, moved, world).success);
  EXPECT_FALSE(MeasureTask(*scene, layout, world).success);
  EXPECT_THAT(ErrorOf([&] {
                MoveGoal(*scene, layout, "block", {0, 0, 0}, &world);
              }),
              HasSubstr("'block' is no body that the task is about"));
  EXPECT_THAT(ErrorOf([&] {
                MoveGoal(*scene, layout, "hand", {NAN, 0, 0}, &world);
              }),
              HasSubstr("must be finite"));
}

TEST_F(TaskLayoutTest, WhatPeopleSetIsNotDrawn) {
  const auto scene = Load(kReach);
  World world = MakeWorld(*scene);
  const Draw overrides = {{"bx.position", 0.25}};
  const TaskLayout layout = DrawTaskLayout(*scene, 1, 0, &world, overrides);
  EXPECT_EQ(world.data()->qpos[2], 0.25);
  EXPECT_EQ(std::get<double>(layout.draw.at("bx.position")), 0.25);
  world.Reset(*scene, layout.draw, {});
  world.Restore(layout.start);
  EXPECT_EQ(world.data()->qpos[2], 0.25);
}

TEST_F(TaskLayoutTest, HowABodyIsTurnedCounts) {
  const auto scene = Load(
      "[task]\nsuccess = [{ body = \"block\", within = 0.05, turned = 0.2 }]\n"
      "[task.goal]\n\"turn.position\" = { uniform = [0.4, 0.6] }\n");
  World world = MakeWorld(*scene);
  const TaskLayout layout = DrawTaskLayout(*scene, 1, 0, &world);
  const TaskError error = MeasureTask(*scene, layout, world);
  EXPECT_FALSE(error.success);
  EXPECT_LT(error.distance, 1e-9);
  world.Restore(layout.goal);
  const double wanted = world.data()->qpos[4];
  EXPECT_NEAR(error.turned, wanted, 1e-6);
}

TEST_F(TaskLayoutTest, ZonesAreWhereTheLayoutHasThem) {
  const auto scene = Load(
      "[task]\nsuccess = [{ body = \"hand\", within = 0.1 }]\n"
      "never = [{ body = \"hand\", within = 0.3, of = [\"bx.position\", 0.1] }]\n"
      "[task.goal]\n\"hx.position\" = { uniform = [-0.8, 0.8] }\n");
  World world = MakeWorld(*scene);
  for (uint64_t index = 0; index < 10; ++index) {
    const TaskLayout layout = DrawTaskLayout(*scene, 1, index, &world);
    ASSERT_EQ(layout.never.size(), 1);
    const double x = layout.never[0].centre[0], y = layout.never[0].centre[1];
    EXPECT_NEAR(x, world.data()->qpos[2], 1e-9);
    EXPECT_EQ(y, 0.1);
    const double off = std::hypot(world.data()->qpos[0] - x, world.data()->qpos[1] - y);
    EXPECT_NEAR(MeasureIntrusion(layout, world), 0.3 - off, 1e-9);
    EXPECT_GE(off, 0.3) << "no start in a zone";
    world.Restore(layout.goal);
    EXPECT_LE(MeasureIntrusion(layout, world), 0) << "nor a goal";
  }
}

TEST(Tasks, EachOneThatIsShippedHasLayouts) {
  int tasks = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(PEEKABOO_SOURCE_DIR "/scenes/tasks")) {
    const auto scene = LoadScene(file.path().string());
    EXPECT_TRUE(scene->task.exists()) << file.path();
    const auto stage = Stage::Load(scene->model);
    stage->Check(*scene);
    World world(stage);
    for (uint64_t index = 0; index < 5; ++index) {
      const TaskLayout layout = DrawTaskLayout(*scene, 1, index, &world);
      EXPECT_FALSE(MeasureTask(*scene, layout, world).success);
    }
    ++tasks;
  }
  EXPECT_GE(tasks, 8);
}

TEST_F(TaskLayoutTest, AGoalMayHaveNamesOfItsOwn) {
  const auto scene = Load(
      "[task]\nsuccess = [{ body = \"hand\", within = 0.1 }]\n[task.goal]\n\"far\" = { uniform = "
      "[0.9, 1] }\n"
      "\"hx.position\" = \"far * 0.5\"\n");
  World world = MakeWorld(*scene);
  const TaskLayout layout = DrawTaskLayout(*scene, 1, 0, &world);
  EXPECT_NEAR(layout.wanted[0].position[0], 0.475, 0.026);
}

TEST_F(TaskLayoutTest, SaysWhatIsWrongWithATask) {
  EXPECT_THAT(Error("[task]\nahead = 3\n"), HasSubstr("task.success: is missing"));
  EXPECT_THAT(Error("[task]\nsuccess = [{ body = \"hand\", within = 0 }]\nahead = 3\n"),
              HasSubstr("within: must be above 0"));
  EXPECT_THAT(Error("[task]\nsuccess = [{ body = \"hand\", within = 1 }]\n"),
              HasSubstr("goal: is missing"));
  EXPECT_THAT(Error("[task]\nsuccess = [{ body = \"hnad\", within = 1 }]\nahead = 3\n"),
              HasSubstr("did you mean \"hand\""));
  EXPECT_THAT(
      Error("[task]\nsuccess = [{ body = \"hand\", within = 1 }]\nahead = 3\nnever = [{ body = "
            "\"hand\", within = 1, of = [0] }]\n"),
      HasSubstr("of: must be a place"));
  EXPECT_THAT(Error("[task]\nsuccess = [{ body = \"above\", within = 1 }]\nahead = 3\n"),
              HasSubstr("is no body"));
  EXPECT_THAT(Error("[task]\nsuccess = [{ body = \"hand\", within = 1 }]\n[task.goal]\n"
                    "\"hx.positon\" = 1\n"),
              HasSubstr("has no factor 'positon'"));
  EXPECT_THAT(
      Error("[task]\nsuccess = [{ body = \"hand\", within = 0.1 }]\napart = 9\n[task.goal]\n"
            "\"hx.position\" = 1\n"),
      HasSubstr("no layout in a thousand draws"));
}

}  // namespace
}  // namespace peekaboo::sim
