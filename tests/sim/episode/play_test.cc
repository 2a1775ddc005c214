// Films in which a body acts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/episode/film.h"
#include "sim/episode/player.h"
#include "sim/episode/recorder.h"
#include "sim/render/gl_context.h"
#include "sim/scene/draw.h"
#include "tests/sim/scene_fixture.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// A finger of 1 kg that slides freely along x and z, pushed by 1 N at most; a block beside it.
constexpr char kFinger[] = R"(<mujoco><option timestep="0.01" gravity="0 0 0"/><worldbody>
  <camera name="audience" pos="0 -4 0" euler="90 0 0"/>
  <body name="finger"><joint name="fx" type="slide" axis="1 0 0"/>
  <joint name="fz" type="slide" axis="0 0 1"/><geom size=".1" mass="1"/></body>
  <body name="block" pos="1 0 0"><joint name="bx" type="slide" axis="1 0 0" damping="1"/>
  <joint name="bz" type="slide" axis="0 0 1" damping="1"/><geom size=".1" mass="1"/></body></worldbody>
  <actuator><motor joint="fx" ctrlrange="-5 5" ctrllimited="true"/>
  <motor joint="fz" ctrlrange="-5 5" ctrllimited="true"/></actuator></mujoco>)";

class PlayTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& play, const std::string& more = "") {
    folder_.Write("finger.xml", kFinger);
    return folder_.Write("scene.toml",
                         "model = \"finger.xml\"\nframe_hz = 10\nframes = 40\n"
                         "objects = [\"finger\", \"block\"]\n" +
                             more + "[play]\n" + play);
  }
  std::vector<Episode> Film(const std::string& play, int episodes = 1,
                            const std::string& more = "") {
    RecordOptions options;
    options.episodes = episodes;
    options.seed = 5;
    return RecordInMemory(SceneMixture(Write(play, more)), options);
  }

  TempFolder folder_;
};

TEST_F(PlayTest, AnActionLeadsFromItsFrameToTheNext) {
  const Episode film = Film("kind = \"smooth\"\nrepeat = 3").front();
  ASSERT_EQ(film.action.size(), 40u * 2);
  for (int t = 0; t + 1 < film.frames; ++t) {
    for (int a = 0; a < 2; ++a) {
      const float action = film.action[2 * t + a];
      EXPECT_LE(std::abs(action), 1);
      // 5 N at most on 1 kg for 0.1 s.
      EXPECT_NEAR(film.qvel[4 * (t + 1) + a] - film.qvel[4 * t + a], 0.5 * action, 1e-4)
          << t << " " << a;
      if (t % 3 != 0) {
        EXPECT_EQ(action, film.action[2 * (t - 1) + a]) << "held for three frames";
      }
    }
  }
  for (int a = 0; a < 2; ++a) EXPECT_TRUE(std::isnan(film.action[2 * 39 + a]));
}

TEST_F(PlayTest, SmoothActionsAreLikeTheOnesBefore) {
  double same = 0, all = 0;
  for (const Episode& film : Film("kind = \"smooth\"\nrepeat = 1\nsmoothness = 0.8", 20)) {
    for (int i = 0; i + 4 < 40 * 2; ++i) {
      same += film.action[i] * film.action[i + 2];
      all += film.action[i] * film.action[i];
    }
  }
  EXPECT_NEAR(same / all, 0.8, 0.1);
}

TEST_F(PlayTest, RestHasNoActions) {
  const Episode film = Film("kind = \"rest\"").front();
  EXPECT_TRUE(film.action.empty());
  EXPECT_EQ(film.qvel[4 * 39], 0);
}

TEST_F(PlayTest, SeekingMovesWhatItFindsMoreOftenThanChance) {
  const auto touched = [](const std::vector<Episode>& films) {
    int count = 0;
    for (const Episode& film : films) count += std::abs(film.qpos[4 * 39 + 2]) > 0.02;
    return count;
  };
  const int sought = touched(Film("kind = \"seek\"\nseeking = 0.9", 40));
  const int found = touched(Film("kind = \"smooth\"", 40));
  EXPECT_GE(sought, 12) << "of 40";
  EXPECT_GE(sought, 2 * found);
}

TEST(ShippedPlay, TheFingerMovesWhatLiesOnTheFloor) {
  RecordOptions options;
  options.episodes = 30;
  options.film.visible = true;
  int moved = 0, seen = 0;
  for (const Episode& film : RecordInMemory(SceneMixture("play"), options)) {
    ASSERT_EQ(film.action.size(), 32u * 3);
    const size_t size = film.qpos.size() / 32, last = 31 * size;
    bool any = false;
    // x, z and angle of ball, other and car; the finger's joints come last.
    for (const size_t joint : {0, 3, 6})
      any |= std::abs(film.qpos[last + joint] - film.qpos[joint]) > 0.05;
    moved += any;
    for (int t = 0; t < 32; ++t) seen += film.visible[4 * t] > 0;
  }
  EXPECT_GE(moved, 8) << "of 30";
  EXPECT_GE(seen, 30 * 32 * 0.8) << "the finger is in view";
}

TEST_F(PlayTest, LookingAheadLeavesTheWorldAsItWas) {
  const SceneMixture mixture(Write("kind = \"seek\"\nseeking = 1"));
  World world(mixture.stage());
  world.Reset(mixture.first(), {}, {});
  world.Act(std::vector<float>{0.3f, -0.2f});
  for (int i = 0; i < 3; ++i) world.StepFrame();
  const WorldState before = world.Save();
  Player player(mixture.first(), &world, RandomStream(1, "play", 0));
  player.Next();
  const WorldState after = world.Save();
  EXPECT_EQ(after.frame, before.frame);
  EXPECT_EQ(after.physics.integration, before.physics.integration);
}

TEST_F(PlayTest, AMirroredFilmHasMirroredActions) {
  const Episode plain = Film("kind = \"smooth\"").front();
  const Episode mirrored =
      Film("kind = \"smooth\"", 1, "vary = { \"audience.mirror\" = true }\n").front();
  EXPECT_EQ(plain.action[0], mirrored.action[0]);
  for (int t = 0; t < 40; ++t) {
    EXPECT_NEAR(mirrored.qpos[4 * t], -plain.qpos[4 * t], 1e-5);
    EXPECT_NEAR(mirrored.image_xy[4 * t], plain.image_xy[4 * t], 1e-4);
    EXPECT_NEAR(mirrored.qpos[4 * t + 1], plain.qpos[4 * t + 1], 1e-5);
  }
}

TEST_F(PlayTest, ControlsAreSavedAndRestored) {
  const SceneMixture mixture(Write("kind = \"smooth\""));
  World world(mixture.stage());
  world.Reset(mixture.first(), {}, {});
  world.Act(std::vector<float>{1, 0});
  world.StepFrame();
  const WorldState before = world.Save();
  world.StepFrame();
  const double there = world.data()->qpos[0];
  world.Act(std::vector<float>{-1, 1});
  world.StepFrame();
  world.Restore(before);
  world.StepFrame();
  EXPECT_EQ(world.data()->qpos[0], there);
  world.Reset(mixture.first(), {}, {});
  EXPECT_EQ(world.data()->ctrl[0], 0);
}

TEST_F(PlayTest, WhatCannotBePlayedIsRefused) {
  const auto error = [&](const std::string& play, const std::string& more = "") {
    return ErrorOf([&] { SceneMixture(Write(play, more)); });
  };
  EXPECT_THAT(error("kind = \"smoth\""), HasSubstr("scene.toml:6: play.kind: play: 'smoth'"));
  EXPECT_THAT(error("kind = \"smooth\"\nrepeat = 0"), HasSubstr("play.repeat: must be from 1"));
  EXPECT_THAT(error("smoothness = 1"), HasSubstr("play.smoothness"));
  EXPECT_THAT(error("seeking = 2"), HasSubstr("play.seeking"));
  EXPECT_THAT(error("targets = [\"bloc\"]"), HasSubstr("did you mean \"block\""));
  EXPECT_THAT(error("sped = 1"), HasSubstr("sped"));
  folder_.Write("still.xml", "<mujoco><worldbody><camera name='audience'/></worldbody></mujoco>");
  EXPECT_THAT(ErrorOf([&] {
                SceneMixture(folder_.Write("still.toml",
                                           "model = \"still.xml\"\n[play]\nkind = \"smooth\"\n"));
              }),
              HasSubstr("has no actuators"));
}

}  // namespace
}  // namespace peekaboo::sim
