// Models that were not written for this program move and look as MuJoCo moves and draws them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "sim/episode/film.h"
#include "sim/render/camera_pose.h"
#include "sim/render/gl_context.h"
#include "sim/render/renderer.h"
#include "sim/scene/bare_scene.h"
#include "sim/scene/draw.h"
#include "sim/world/world.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

struct Model {
  const char* name;
  const char* mjcf;
};

constexpr Model kModels[] = {
    {"Ref",
     R"(<mujoco><option timestep="0.004"/><worldbody><camera name="audience" pos="0 -4 1" euler="90 0 0"/>
      <geom name="floor" type="plane" size="4 4 .1"/><body name="ball" pos="0 0 1.25">
      <joint name="bx" type="slide" axis="1 0 0" ref=".5"/>
      <joint name="bz" type="slide" axis="0 0 1" ref="1.25"/>
      <joint name="ba" type="hinge" axis="0 1 0" ref="30"/>
      <geom type="sphere" size=".2" mass="1"/></body></worldbody></mujoco>)"},
    {"PartsThatPassThroughEachOther", R"(<mujoco><option timestep="0.004"/>
      <default><geom contype="1" conaffinity="0"/></default><worldbody>
      <geom name="floor" type="plane" size="4 4 .1" conaffinity="1"/>
      <body name="bot" pos="0 0 1.5"><joint type="slide" axis="1 0 0" damping="100000"/>
      <joint type="slide" axis="0 0 1" damping="100000"/><geom size=".05" mass="1"/>
      <body pos="-.3 0 0"><joint type="hinge" axis="0 1 0"/>
      <geom type="capsule" fromto="0 0 0 0.5 0 -.3" size=".05"/></body>
      <body pos=".3 0 0"><joint type="hinge" axis="0 1 0"/>
      <geom type="capsule" fromto="0 0 0 -0.5 0 -.3" size=".05"/></body></body>
      </worldbody></mujoco>)"},
    {"Arm", R"(<mujoco><option timestep="0.003" gravity="0 0 0"/><worldbody>
      <body name="arm" pos="0 0 .01"><joint name="shoulder" axis="0 0 1" damping=".01"/>
      <geom type="capsule" fromto="0 0 0 .1 0 0" size=".01"/><body name="hand" pos=".1 0 0">
      <joint name="wrist" axis="0 0 1" range="-160 160" limited="true" damping=".01"/>
      <geom type="capsule" fromto="0 0 0 .1 0 0" size=".01"/></body></body></worldbody>
      <actuator><motor joint="shoulder" gear=".05" ctrlrange="-1 1" ctrllimited="true"/>
      <motor joint="wrist" gear=".05"/></actuator></mujoco>)"},
    {"FreeAndBallJoints", R"(<mujoco><option timestep="0.002"/><worldbody>
      <light name="top" pos="0 0 3"/><camera name="side" pos="0 -3 1" euler="80 0 0"/>
      <geom type="plane" size="3 3 .1"/><body name="torso" pos="0 .2 1"><freejoint name="root"/>
      <geom type="capsule" fromto="0 0 0 0 0 .3" size=".1"/><body name="leg" pos="0 .1 -.1">
      <joint type="ball" damping=".1"/><geom type="capsule" fromto="0 0 0 .1 0 -.4" size=".05"/>
      </body></body><body name="rock" pos=".3 .1 1.5"><freejoint/>
      <geom type="ellipsoid" size=".1 .2 .15"/></body>
      <body name="table" pos="1 0 .3"><geom type="cylinder" size=".3 .02"/></body></worldbody>
      </mujoco>)"},
    {"TendonAndMuscle", R"(<mujoco><option timestep="0.01" integrator="RK4"/><worldbody>
      <site name="anchor" pos="0 0 1.5"/><body name="beam" pos="0 0 1">
      <joint name="hinge" axis="0 1 0" damping=".5"/>
      <geom type="capsule" fromto="0 0 0 .5 0 0" size=".04"/><site name="end" pos=".4 0 0"/></body>
      </worldbody><tendon><spatial name="string" range="0 .6" limited="true">
      <site site="anchor"/><site site="end"/></spatial></tendon>
      <actuator><muscle name="muscle" tendon="string"/></actuator></mujoco>)"},
    {"EqualityAndPairs", R"(<mujoco><option timestep="0.004"/><worldbody>
      <geom name="ground" type="plane" size="3 3 .1" contype="0" conaffinity="0"/>
      <body name="a" pos="0 0 1"><joint name="ax" type="slide" axis="1 0 0"/>
      <joint name="az" type="slide" axis="0 0 1"/><geom name="ga" size=".1"/></body>
      <body name="b" pos=".5 0 1"><joint name="bx" type="slide" axis="1 0 0"/>
      <joint name="bz" type="slide" axis="0 0 1"/><geom name="gb" size=".1"/></body></worldbody>
      <contact><pair geom1="ga" geom2="ground"/></contact>
      <equality><joint joint1="ax" joint2="bx" polycoef="0 -1 0 0 0"/></equality></mujoco>)"},
};

class ForeignModel : public ::testing::TestWithParam<Model> {};

TEST_P(ForeignModel, MovesAsPlainMujocoMovesIt) {
  const TempFolder folder;
  const std::string path = folder.Write("model.xml", GetParam().mjcf);
  const auto scene = BareScene(path);
  const auto stage = Stage::Load(path);
  stage->Check(*scene);
  World world(stage);
  world.Reset(*scene, DrawFactors(*stage, *scene, {}), {});

  const ModelPtr m(mj_loadXML(path.c_str(), nullptr, nullptr, 0));
  const DataPtr d(mj_makeData(m.get()));
  mj_forward(m.get(), d.get());
  const int steps = static_cast<int>(std::lround(1 / (scene->frame_hz * m->opt.timestep)));
  for (int frame = 0; frame < 60; ++frame) {
    for (int q = 0; q < m->nq; ++q)
      ASSERT_EQ(world.data()->qpos[q], d->qpos[q]) << "frame " << frame << ", qpos " << q;
    EXPECT_NEAR(world.time(), d->time, 1e-9);
    world.StepFrame();
    for (int s = 0; s < steps; ++s) mj_step(m.get(), d.get());
  }
}

TEST_P(ForeignModel, IsFilmed) {
  const TempFolder folder;
  const std::string path = folder.Write("model.xml", GetParam().mjcf);
  auto scene = *BareScene(path);
  scene.frames = 3;
  const auto gl = GlContext::Create();
  gl->MakeCurrent();
  const auto stage = Stage::Load(path);
  Filmer filmer(stage, {.visible = true});
  const Film film = filmer.Shoot(scene, {}, {});
  EXPECT_FALSE(scene.objects.empty());
  for (size_t o = 0; o < scene.objects.size(); ++o) {
    EXPECT_GT(film.episode.visible[o], 0) << scene.objects[o];
    EXPECT_LT(std::abs(film.episode.image_xy[2 * o]), 1) << scene.objects[o];
    EXPECT_LT(std::abs(film.episode.image_xy[2 * o + 1]), 1) << scene.objects[o];
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ForeignModel, ::testing::ValuesIn(kModels),
                         [](const auto& info) { return info.param.name; });

TEST(ForeignModels, ReadingsOfAMechanismAreThoseOfItsRoot) {
  const TempFolder folder;
  const std::string path = folder.Write(
      "model.xml",
      "<mujoco><option gravity='0 0 0'/><worldbody><body name='top' pos='1 2 3'>"
      "<joint name='x' type='slide' axis='1 0 0'/><joint name='y' type='slide' axis='0 1 0'/>"
      "<joint name='turn' type='hinge' axis='0 1 0'/><geom "
      "size='.1'/></body></worldbody></mujoco>");
  const auto scene = BareScene(path);
  const auto stage = Stage::Load(path);
  World world(stage);
  world.Reset(*scene, {{"x.position", 0.5}, {"x.velocity", 2.0}, {"turn.velocity", -1.0}}, {});
  world.StepFrame();
  const double seconds = 1 / scene->frame_hz;
  const BodyReading reading = world.Read(stage->Require("top", ""));
  EXPECT_NEAR(reading.x, 1.5 + 2 * seconds, 1e-9);
  EXPECT_NEAR(reading.z, 3, 1e-9);
  EXPECT_NEAR(reading.vx, 2, 1e-9);
  EXPECT_NEAR(reading.angle, -seconds, 1e-9);
  EXPECT_NEAR(reading.spin, -1, 1e-9);
}

TEST(ForeignModels, WhatTouchesNothingMayPassThroughThings) {
  const TempFolder folder;
  const auto apply = [&](const std::string& bodies) {
    const auto stage = Stage::Load(
        folder.Write("model.xml", "<mujoco><worldbody>" + bodies + "</worldbody></mujoco>"));
    World world(stage);
    world.Reset(*BareScene(stage->path()), {}, {});
    world.Apply({Intervention::Kind::kPassThrough, {"ghost"}, {}, "", "test"});
  };
  const std::string slides = "<joint type='slide' axis='1 0 0'/><joint type='slide' axis='0 0 1'/>";
  apply("<body name='ghost'>" + slides + "<geom size='.1' contype='0' conaffinity='0'/></body>");
  std::string crowd = "<body name='ghost'>" + slides + "<geom size='.1'/></body>";
  for (int i = 0; i < 31; ++i) crowd += "<body><joint type='hinge'/><geom size='.1'/></body>";
  EXPECT_THAT(ErrorOf([&] { apply(crowd); }), ::testing::HasSubstr("more than 31 kinds of geoms"));
}

TEST(ForeignModels, GlassStaysGlass) {
  const TempFolder folder;
  const std::string path = folder.Write(
      "model.xml",
      "<mujoco><worldbody><camera name='audience' pos='0 -3 .5' xyaxes='1 0 0 0 0 1'/>"
      "<geom type='plane' size='4 4 .1'/><body name='pane' mocap='true' pos='0 -1 .5'>"
      "<geom type='box' size='.5 .02 .5' rgba='.2 .4 1 .3'/></body><body name='ball' pos='0 0 .2'>"
      "<joint type='slide' axis='1 0 0'/><joint type='slide' axis='0 0 1'/>"
      "<geom size='.2' rgba='1 0 0 1'/></body></worldbody></mujoco>");
  const auto gl = GlContext::Create();
  gl->MakeCurrent();
  auto scene = *BareScene(path);
  scene.frames = 1;
  const Film film = Filmer(Stage::Load(path), {}).Shoot(scene, {}, {});

  const ModelPtr m(mj_loadXML(path.c_str(), nullptr, nullptr, 0));
  const DataPtr d(mj_makeData(m.get()));
  mj_forward(m.get(), d.get());
  std::vector<uint8_t> plain(64 * 64 * 3);
  Renderer(m.get(), 64, 64).Render(m.get(), d.get(), 0, plain);
  EXPECT_EQ(film.episode.pixels, plain);
}

TEST(ForeignModels, AFrameHoldsWholeSteps) {
  const TempFolder folder;
  const std::string path = folder.Write(
      "model.xml",
      "<mujoco><option timestep='.003'/><worldbody><geom size='.1'/></worldbody></mujoco>");
  EXPECT_NEAR(BareScene(path)->frame_hz, 1 / (27 * 0.003), 1e-9);
  EXPECT_EQ(BareScene(path)->frames, 1481) << "two minutes";
  EXPECT_NEAR(BareScene(path, {.frame_hz = 1000})->frame_hz, 1 / 0.003, 1e-9);
  EXPECT_NEAR(BareScene(path, {.frame_hz = 25, .frames = 7})->frame_hz, 1 / (13 * 0.003), 1e-9);
}

}  // namespace
}  // namespace peekaboo::sim
