#include "sim/scene/bare_scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/episode/recorder.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kStage = std::string(PEEKABOO_SOURCE_DIR) + "/scenes/stage/stage.xml";

TEST(BareScene, HasAllBodiesAndNoEvents) {
  const auto scene = BareScene(kStage);
  EXPECT_EQ(scene->name, "stage.xml");
  EXPECT_EQ(scene->camera, "audience");
  EXPECT_THAT(scene->objects, Contains("ball"));
  EXPECT_THAT(scene->objects, Contains("car"));
  EXPECT_TRUE(scene->events.empty());
  EXPECT_NE(scene->fingerprint, 0u);
}

TEST(BareScene, IsPlayedAsAnyOther) {
  const SceneMixture mixture(kStage);
  World world(mixture.stage());
  const Scene& scene = mixture.first();
  world.Reset(scene, DrawFactors(*mixture.stage(), scene, {Split::kSeen, 0, 0, 0}), {});
  const Entity& ball = mixture.stage()->Require("ball", "");
  EXPECT_TRUE(world.IsPresent(ball));
  world.Apply({Intervention::Kind::kVanish, {"ball"}, {}, "", "test"});
  world.Apply({Intervention::Kind::kAppear,
               {"ball"},
               {{"x", Expression(0.0)}, {"z", Expression(1.0)}},
               "",
               "test"});
  for (int i = 0; i < 5; ++i) world.StepFrame();
  EXPECT_TRUE(world.IsPresent(ball));
  EXPECT_LT(world.Read(ball).z, 0.95) << "it falls";
}

TEST(BareScene, TakesTheFirstCameraThereIs) {
  const TempFolder folder;
  const std::string path = folder / "own.xml";
  const std::string ball =
      "<body name='ball' pos='0 0 1'><joint name='ball.x' type='slide' axis='1 0 0'/>"
      "<joint name='ball.z' type='slide' axis='0 0 1'/><joint name='ball.angle' type='hinge' "
      "axis='0 1 0'/><geom size='0.1'/></body>";
  const auto write = [&](const std::string& world) {
    std::ofstream(path) << "<mujoco><worldbody>" << world << "</worldbody></mujoco>";
  };
  write("<camera name='left' pos='0 -3 1'/><camera name='right' pos='1 -3 1'/>" + ball);
  EXPECT_EQ(BareScene(path)->camera, "left");
  write(ball);
  EXPECT_EQ(BareScene(path)->camera, "free");
  EXPECT_THROW(BareScene(folder / "none.xml"), UserError);
}

TEST(BareTask, WantsAllBodiesThatMoveTheTipFirst) {
  const TempFolder folder;
  const std::string path = folder.Write(
      "arm.xml",
      "<mujoco><worldbody><geom type='plane' size='1 1 .1'/><body><joint axis='0 1 0'/>"
      "<geom size='.1'/><body name='lower' pos='.5 0 0'><joint axis='0 1 0'/><geom size='.1'/>"
      "<body name='tip' pos='.5 0 0'><geom size='.1'/></body></body></body>"
      "<body name='post'><geom size='.1'/></body>"
      "<body name='ball' pos='0 0 2'><freejoint/><geom size='.1'/></body>"
      "</worldbody></mujoco>");
  const auto task = BareTask(BareScene(path), {});
  EXPECT_EQ(task->task.goal, Task::Goal::kPlay);
  std::vector<std::string> wanted, turned;
  for (const Task::Success& success : task->task.success) {
    wanted.push_back(success.body);
    if (std::isfinite(success.turned)) turned.push_back(success.body);
  }
  EXPECT_THAT(wanted, ElementsAre("tip", "lower", "#1", "ball"));
  EXPECT_THAT(turned, ElementsAre("lower", "#1")) << "by joints of their own, which one sees";
  const std::string still =
      folder.Write("still.xml", "<mujoco><worldbody><geom size='1'/></worldbody></mujoco>");
  EXPECT_THAT(ErrorOf([&] { BareTask(BareScene(still), {}); }), HasSubstr("no body that moves"));
}

}  // namespace
}  // namespace peekaboo::sim
