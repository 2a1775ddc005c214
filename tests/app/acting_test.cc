// A body of one's own, from an MJCF to a model that knows what its actions do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/learning/file_store.h"
#include "sim/episode/episode_file.h"
#include "tests/app/run_program.h"

namespace peekaboo::app {
namespace {

using ::testing::HasSubstr;

constexpr char kArm[] = R"(<mujoco><option timestep="0.003" gravity="0 0 0"/><worldbody>
  <body name="arm"><joint name="shoulder" axis="0 1 0" damping=".05"/>
  <geom type="capsule" fromto="0 0 0 .5 0 0" size=".05" rgba="1 .5 0 1"/><body name="hand" pos=".5 0 0">
  <joint name="wrist" axis="0 1 0" damping=".05"/>
  <geom type="capsule" fromto="0 0 0 .5 0 0" size=".05" rgba="0 .5 1 1"/></body></body></worldbody>
  <actuator><motor name="turn" joint="shoulder" ctrlrange="-2 2" ctrllimited="true"/>
  <motor joint="wrist"/></actuator></mujoco>)";

class ActingTest : public ::testing::Test {
 protected:
  std::vector<std::string> Record(const std::string& episodes) const {
    return {"record", arm_, "--episodes", episodes, "--frames", "40", "--out", data_, "--quiet"};
  }

  TempFolder folder_;
  std::string arm_ = folder_.Write("arm.xml", kArm);
  std::string data_ = folder_ / "arm.h5";
};

TEST_F(ActingTest, AnMjcfIsInspectedRecordedAndLearnedFrom) {
  const Outcome scene = RunProgram({"inspect", arm_, "--json"});
  ASSERT_EQ(scene.exit_code, 0) << scene.err;
  const auto json = nlohmann::json::parse(scene.out)[0];
  EXPECT_EQ(json["actions"][0]["name"], "turn");
  EXPECT_EQ(json["actions"][0]["high"], 2);
  EXPECT_EQ(json["actions"][1]["name"], "actuator 1");
  EXPECT_EQ(json["play"], "smooth");

  ASSERT_EQ(RunProgram(Record("3")).exit_code, 0);
  ASSERT_EQ(RunProgram(Record("6")).exit_code, 0);
  const auto film = sim::EpisodeReader::Open(data_).Read(5);
  ASSERT_EQ(film.action.size(), 80u);
  EXPECT_TRUE(std::isnan(film.action[79]));
  const agent::FileStore store(data_, 64);
  EXPECT_EQ(store.actions().size, 2);
  EXPECT_EQ(store.actions().repeat, 2);
  EXPECT_TRUE(store.actions().Mirrors());
  std::vector<float> actions(80);
  store.ReadActions(5, actions);
  EXPECT_TRUE(std::equal(actions.begin(), actions.begin() + 78, film.action.begin()));

  const Outcome trained = RunProgram(
      {"train", "--data", data_, "--steps", "3", "--set", "budget.log_every=1",
       "train.distance.steps=2", "train.transition.steps=2", "--out", folder_ / "run", "--quiet"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const std::string metrics = ReadBytes(folder_ / "run/metrics.jsonl");
  const auto last = nlohmann::json::parse(metrics.substr(0, metrics.find('\n')));
  EXPECT_GT(last["rollout"], 0);
  EXPECT_GT(last["inverse"], 0);
  EXPECT_THAT(ReadBytes(folder_ / "run/config.toml"), HasSubstr("action_size = 2"));
  const Outcome model = RunProgram({"inspect", folder_ / "run/model.safetensors"});
  EXPECT_EQ(model.exit_code, 0) << model.err;
}

TEST_F(ActingTest, FilmsOfAnotherPlayAreNotMixed) {
  ASSERT_EQ(RunProgram(Record("2")).exit_code, 0);
  auto other = Record("4");
  other.insert(other.end(), {"--play", "seek"});
  const Outcome mixed = RunProgram(other);
  EXPECT_EQ(mixed.exit_code, 2);
  EXPECT_THAT(mixed.err, HasSubstr("recorded with another play"));
  other.back() = "dance";
  EXPECT_THAT(RunProgram(other).err, HasSubstr("'dance' is not rest, smooth or seek"));
  const Outcome scene = RunProgram({"record", "nursery", "--play", "seek", "--out", data_});
  EXPECT_EQ(scene.exit_code, 2);
  EXPECT_THAT(scene.err, HasSubstr("--play: is for an MJCF"));
}

}  // namespace
}  // namespace peekaboo::app
