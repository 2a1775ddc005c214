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
  const TempFolder folder;
  const auto stage = Stage::Load(folder.Write(
      "model.xml",
      "<mujoco><worldbody><camera name='front' pos='0 -3 0' euler='90 0 0'/>"
      "<camera name='side' pos='3 0 0' xyaxes='0 1 0 0 0 1'/>"
      "<camera name='looks' pos='0 -3 0' mode='targetbody' target='arm'/>"
      "<body name='a'><joint name='along' type='slide' axis='1 0 0'/>"
      "<joint name='up' type='slide' axis='0 0 1'/>"
      "<joint name='oblique' type='slide' axis='1 0 1'/><geom size='.1'/></body>"
      "<body name='arm'><joint name='shoulder' axis='0 1 0'/><geom size='.1'/><body>"
      "<joint name='elbow' axis='0 1 0'/><geom size='.1'/><body>"
      "<joint name='nod' axis='1 0 0'/><geom size='.1'/><site name='tip'/></body></body></body>"
      "<body><joint name='free_nod' axis='1 0 0'/><geom size='.1'/></body></worldbody><actuator>"
      "<motor joint='along'/><motor joint='up'/><motor joint='oblique'/><motor joint='shoulder'/>"
      "<motor joint='elbow'/><motor joint='nod'/><motor joint='free_nod'/>"
      "<general site='tip' gear='1 0 0 0 0 0'/>"
      "<motor joint='along' ctrlrange='-2 3' ctrllimited='true'/></actuator></mujoco>"));
  const auto signs = [&](int camera) {
    return MirrorSigns(stage->model(), stage->actions(), camera);
  };
  EXPECT_THAT(signs(0), ElementsAre(-1, 1, 0, -1, -1, 0, 1, 0, 0));
  EXPECT_EQ(signs(-1), signs(0)) << "the free camera looks along y, too";
  EXPECT_THAT(signs(1), ElementsAre(1, 1, 1, 1, 1, 0, -1, 0, 1));
  EXPECT_THAT(signs(2), ::testing::Each(0));
}

TEST(ActionSpecTest, ActionsAreMappedToControls) {
  const ActionSpec spec = Read(
      "<motor joint='along' ctrlrange='-2 2' ctrllimited='true'/>"
      "<motor joint='up' ctrlrange='1 5' ctrllimited='true'/>");
  std::vector<mjtNum> controls(2);
  const std::vector<int> mirror = {-1, 1};
  const std::vector<float> action = {0.5f, -0.5f}, wild = {-7, 7};
  ControlsFor(spec, action, {}, controls.data());
  EXPECT_THAT(controls, ElementsAre(1, 2));
  ControlsFor(spec, action, mirror, controls.data());
  EXPECT_THAT(controls, ElementsAre(-1, 2));
  ControlsFor(spec, wild, {}, controls.data());
  EXPECT_THAT(controls, ElementsAre(-2, 5));
}

}  // namespace
}  // namespace peekaboo::sim
