#include "sim/scene/action_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/scene/stage.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::ElementsAre;

constexpr char kBodies[] = R"(<worldbody><body name="a">
  <joint name="along" type="slide" axis="1 0 0"/><joint name="up" type="slide" axis="0 0 1"/>
  <joint name="oblique" type="slide" axis="1 0 1"/>
  <joint name="turn" type="hinge" axis="0 1 0" range="-90 45" limited="true"/>
  <joint name="nod" type="hinge" axis="1 0 0"/><geom size=".1"/><site name="tip"/></body>
  <body name="b" euler="0 0 90"><joint name="aside" type="slide" axis="1 0 0"/><geom size=".1"/></body>
  </worldbody>)";

ActionSpec Read(const std::string& actuators) {
  const TempFolder folder;
  return Stage::Load(folder.Write("model.xml", std::string("<mujoco>") + kBodies + "<actuator>" +
                                                   actuators + "</actuator></mujoco>"))
      ->actions();
}

TEST(ActionSpecTest, RangesAreThoseOfTheControls) {
  const ActionSpec spec = Read(
      "<motor name='push' joint='along' ctrlrange='-2 3' ctrllimited='true'/>"
      "<motor joint='up'/><position name='servo' joint='turn' kp='5'/>"
      "<position name='geared' joint='turn' kp='5' gear='-2'/>"
      "<velocity joint='turn' kv='1'/>"
      "<muscle name='muscle' joint='nod' lengthrange='-1 1'/>");
  const double right = 1.5707963267948966;
  EXPECT_THAT(spec.names,
              ElementsAre("push", "actuator 1", "servo", "geared", "actuator 4", "muscle"));
  EXPECT_THAT(spec.low, ElementsAre(-2, -1, -right, -right, -1, 0));
  EXPECT_THAT(spec.high, ElementsAre(3, 1, right / 2, 2 * right, 1, 1));
}

TEST(ActionSpecTest, AMirrorExchangesLeftAndRight) {
  const ActionSpec spec = Read(
      "<motor joint='along'/><motor joint='up'/><motor joint='oblique'/><motor joint='turn'/>"
      "<motor joint='nod'/><motor joint='aside'/><general site='tip' gear='1 0 0 0 0 0'/>"
      "<motor joint='along' ctrlrange='-2 3' ctrllimited='true'/>");
  EXPECT_THAT(spec.mirror, ElementsAre(-1, 1, 0, -1, 1, 1, 0, 0));
}

TEST(ActionSpecTest, ActionsAreMappedToControls) {
  const ActionSpec spec = Read(
      "<motor joint='along' ctrlrange='-2 2' ctrllimited='true'/>"
      "<motor joint='up' ctrlrange='1 5' ctrllimited='true'/>");
  std::vector<mjtNum> controls(2);
  const std::vector<float> action = {0.5f, -0.5f}, wild = {-7, 7};
  ControlsFor(spec, action, false, controls.data());
  EXPECT_THAT(controls, ElementsAre(1, 2));
  ControlsFor(spec, action, true, controls.data());
  EXPECT_THAT(controls, ElementsAre(-1, 2));
  ControlsFor(spec, wild, false, controls.data());
  EXPECT_THAT(controls, ElementsAre(-2, 5));
}

}  // namespace
}  // namespace peekaboo::sim
