// A body of one's own, from an MJCF to a model that knows what its actions do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "agent/learning/file_store.h"
#include "agent/learning/joined_store.h"
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

// One training of films in which a body acts and of films in which nobody does.
TEST_F(ActingTest, WatchingAndActingAreLearnedTogether) {
  const std::string nursery = folder_ / "nursery.h5", table = folder_ / "table.h5",
                    finger = folder_ / "finger.h5";
  for (const auto& [scene, file] :
       {std::pair("nursery", nursery), std::pair("play/table", table), std::pair("play", finger)}) {
    ASSERT_EQ(RunProgram({"record", scene, "--episodes", "16", "--out", file, "--quiet"}).exit_code,
              0);
  }
  const agent::JoinedStore store({nursery, table}, 64);
  EXPECT_EQ(store.size(), 32);
  ASSERT_EQ(store.groups().size(), 2);
  EXPECT_FALSE(store.groups()[0].acts);
  EXPECT_TRUE(store.groups()[1].acts);
  EXPECT_EQ(store.groups()[1].first, 16);
  EXPECT_EQ(store.groups()[1].films_of_layout, 0) << "all are ways through one world";
  std::vector<float> watched(64), acted(64);
  store.ReadActions(15, watched);
  store.ReadActions(16, acted);
  EXPECT_TRUE(std::isnan(watched.front()));
  EXPECT_FALSE(std::isnan(acted.front()));

  const Outcome trained = RunProgram({"train", "--data", nursery, table, "--steps", "6", "--set",
                                      "train.distance.steps=2", "train.transition.steps=2",
                                      "budget.log_every=1", "--out", folder_ / "both", "--quiet"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  std::ifstream lines(folder_ / "both/metrics.jsonl");
  int logged = 0;
  for (std::string line; std::getline(lines, line); ++logged) {
    const auto step = nlohmann::json::parse(line);
    EXPECT_TRUE(std::isfinite(step["loss"].get<double>())) << line;
  }
  EXPECT_EQ(logged, 6);
  const Outcome shown = RunProgram({"inspect", folder_ / "both/model.safetensors", "--json"});
  EXPECT_THAT(shown.out, HasSubstr("nursery.h5, table.h5"));

  const auto refused = [&](const std::string& other) {
    const Outcome outcome =
        RunProgram({"train", "--data", table, other, "--steps", "2", "--out", folder_ / "no"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "no"));
    return outcome.err;
  };
  EXPECT_THAT(refused(finger), HasSubstr("acts with 3 numbers for"));
  EXPECT_THAT(refused(table), HasSubstr("is given twice"));
}

}  // namespace
}  // namespace peekaboo::app
