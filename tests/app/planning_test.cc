// Acting in a task, from films of play to a count of what was solved.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/atomic_file.h"
#include "tests/app/run_program.h"

namespace peekaboo::app {
namespace {

using ::testing::HasSubstr;

class PlanningTest : public ::testing::Test {
 protected:
  /// A model that has hardly learned anything, of the table.
  std::string Train() const {
    EXPECT_EQ(RunProgram({"record", "play/table", "--episodes", "16", "--out", folder_ / "play.h5",
                          "--quiet"})
                  .exit_code,
              0);
    const Outcome trained = RunProgram(
        {"train", "--data", folder_ / "play.h5", "--steps", "2", "--set", "train.distance.steps=3",
         "train.transition.steps=3", "--out", folder_ / "run", "--quiet"});
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    return folder_ / "run/model.safetensors";
  }

  TempFolder folder_;
};

TEST_F(PlanningTest, ATaskIsActedInAndCounted) {
  const std::string model = Train();
  const auto plan = [&](const std::string& threads) {
    return RunProgram({"plan", "tasks/push", "--model", model, "--episodes", "3", "--set",
                       "cem.samples=16", "place_films=8", "--threads", threads, "--json",
                       "--quiet"});
  };
  const Outcome one = plan("1"), two = plan("2");
  ASSERT_EQ(one.exit_code, 0) << one.err;
  const auto json = nlohmann::json::parse(one.out), other = nlohmann::json::parse(two.out);
  ASSERT_EQ(json["episodes"].size(), 3);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_GE(json["episodes"][i]["began"], 0.25);
    EXPECT_EQ(json["episodes"][i]["ended"], other["episodes"][i]["ended"]) << "any threads";
    EXPECT_EQ(json["episodes"][i]["inadmissible"], 0);
  }
  EXPECT_EQ(json["end"]["low"].get<double>() <= json["end"]["share"].get<double>(), true);
  const Outcome table =
      RunProgram({"plan", "tasks/push", "--random", "--episodes", "2", "--quiet"});
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.out, HasSubstr("solved at the end"));
  EXPECT_THAT(table.out, HasSubstr("of 2"));
  EXPECT_THAT(table.out, HasSubstr("mean distance at the end  0."));
}

TEST_F(PlanningTest, FilmsWhatItDoesAndHeedsZones) {
  const std::string model = Train();
  const Outcome outcome = RunProgram({"plan", "tasks/guarded_reach", "--model", model, "--episodes",
                                      "2", "--set", "cem.samples=16", "place_films=8", "--films",
                                      folder_ / "films", "--json", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(nlohmann::json::parse(outcome.out)["episodes"][1].contains("intruded"));
  for (const char* film : {"films/episode-000.mp4", "films/episode-001.mp4"})
    EXPECT_GT(std::filesystem::file_size(folder_ / film), 1000);
}

// A folder gathers tasks, and a report of them; a run that is made again takes the old one's place.
TEST_F(PlanningTest, WritesAReportOfWhatItDid) {
  const std::string model = Train(), out = folder_ / "acting";
  const auto plan = [&](std::vector<std::string> who, const std::string& episodes) {
    std::vector<std::string> arguments = {"plan",  "tasks/push",     "--episodes",    episodes,
                                          "--set", "cem.samples=16", "place_films=8", "--out",
                                          out,     "--quiet"};
    arguments.insert(arguments.end(), who.begin(), who.end());
    const Outcome outcome = RunProgram(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("report.html"));
  };
  plan({"--model", model}, "2");
  plan({"--random"}, "3");
  plan({"--model", model}, "1");
  const auto exists = [&](const char* file) { return std::filesystem::exists(out + "/" + file); };
  EXPECT_TRUE(exists("acting/push.json") && exists("acting/push-random.json"));
  EXPECT_TRUE(exists("acting/push/episode-000.mp4") && exists("acting/push/episode-000.png"));
  EXPECT_FALSE(exists("acting/push/episode-001.png")) << "of the run before";
  EXPECT_FALSE(exists("acting/push.partial"));
  const std::string html = ReadSmallFile(out + "/report.html");
  EXPECT_THAT(html, HasSubstr("Does it get what it wants?"));
  EXPECT_THAT(html, HasSubstr("random actions"));
  EXPECT_THAT(html, HasSubstr("data:image/png"));
  EXPECT_EQ(RunProgram({"report", out}).exit_code, 0);
  WriteFileAtomically(out + "/acting/push.json", "{}");
  const Outcome damaged = RunProgram({"report", out});
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_THAT(damaged.err, HasSubstr("is not what plan wrote of a task"));
}

TEST_F(PlanningTest, AModelNamedAsTheStageActsWhereNoneIsNamed) {
  const std::string models = folder_ / "models";
  std::filesystem::create_directory(models);
  const auto plan = [&] {
    return RunProgram({"plan", "tasks/push", "--episodes", "1", "--set", "cem.samples=16",
                       "place_films=8", "--quiet"},
                      "", "PEEKABOO_MODELS='" + models + "' ");
  };
  EXPECT_THAT(plan().err, HasSubstr("needs --model, or --random"));
  std::filesystem::copy(Train(), models + "/table.safetensors");
  const Outcome outcome = plan();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("solved at the end"));
}

TEST_F(PlanningTest, ADemoLooksAtTheModelThatActsBeforeItBegins) {
  const std::string models = folder_ / "models", out = folder_ / "demo";
  std::filesystem::create_directory(models);
  WriteFileAtomically(models + "/table.safetensors", "no model");
  const Outcome outcome =
      RunProgram({"demo", "--quick", "--out", out}, "", "PEEKABOO_MODELS='" + models + "' ");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("table.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(PlanningTest, ItPractisesLearnsAndIsTestedAgain) {
  const std::string model = Train();
  const std::string corrected = folder_ / "corrected.safetensors";
  const Outcome outcome =
      RunProgram({"plan", "tasks/push", "--model", model, "--episodes", "2", "--correct", "2",
                  "--save", corrected, "--set", "cem.samples=16", "place_films=8",
                  "correct.episodes=2", "correct.play=4", "correct.steps=3", "--json", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["episodes"].size(), 2);
  ASSERT_EQ(json["corrected"].size(), 2);
  EXPECT_EQ(json["corrected"][1]["episodes"][0]["began"], json["episodes"][0]["began"])
      << "tested in the same layouts";
  EXPECT_TRUE(std::filesystem::exists(corrected));
  const Outcome random = RunProgram({"plan", "tasks/push", "--random", "--correct", "1"});
  EXPECT_EQ(random.exit_code, 2);
  EXPECT_THAT(random.err, HasSubstr("--correct: is for a model"));
  const Outcome nothing = RunProgram({"plan", "tasks/push", "--model", model, "--save", corrected});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--save: is for what --correct learned"));
}

TEST_F(PlanningTest, TheSimulatorItselfReaches) {
  const Outcome outcome = RunProgram({"plan", "tasks/reach", "--simulator", "--episodes", "3",
                                      "--set", "cem.samples=32", "horizon=6", "--json", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["end"]["share"], 1.0);
}

// An arm as people write it: bodies without names, no camera.
TEST_F(PlanningTest, AnArmOfOnesOwnRecordsLearnsAndPlans) {
  const std::string arm = folder_.Write(
      "arm.xml",
      "<mujoco><worldbody><light pos='0 0 3'/><body pos='0 0 1'>"
      "<joint name='j' axis='0 1 0' damping='.2'/>"
      "<geom type='capsule' size='.05' fromto='0 0 0 .4 0 0'/>"
      "<body pos='.4 0 0'><joint axis='0 1 0' damping='.2'/>"
      "<geom type='capsule' size='.04' fromto='0 0 0 .4 0 0'/></body></body></worldbody>"
      "<actuator><motor joint='j' ctrllimited='true' ctrlrange='-1 1'/></actuator></mujoco>");
  const auto run = [&](const std::vector<std::string>& arguments) {
    const Outcome outcome = RunProgram(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  };
  run({"record", arm, "--frames", "32", "--frame-hz", "10", "--episodes", "16", "--out",
       folder_ / "arm.h5", "--quiet"});
  run({"train", "--data", folder_ / "arm.h5", "--steps", "2", "--set", "train.distance.steps=3",
       "train.transition.steps=3", "--out", folder_ / "arm", "--quiet"});
  const auto plan = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"plan",          arm,
                                          "--model",       folder_ / "arm/model.safetensors",
                                          "--frame-hz",    "10",
                                          "--episodes",    "2",
                                          "--set",         "cem.samples=16",
                                          "place_films=8", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram(arguments);
  };
  EXPECT_EQ(plan({"--goal-qpos", "0.5 -1", "--films", folder_ / "films"}).exit_code, 0);
  EXPECT_GT(std::filesystem::file_size(folder_ / "films/episode-001.mp4"), 1000);
  EXPECT_EQ(plan({}).exit_code, 0) << "a goal of play";
  EXPECT_THAT(plan({"--goal-qpos", "0.5"}).err, HasSubstr("is not 2 numbers"));
  EXPECT_THAT(plan({"--goal-keyframe", "up"}).err, HasSubstr("none of the 0 keyframes"));
}

TEST_F(PlanningTest, RefusesWhatCannotBe) {
  const auto error = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = RunProgram(arguments);
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.err;
  };
  EXPECT_THAT(error({"plan", "tasks/two_room"}), HasSubstr("needs --model, or --random"));
  EXPECT_THAT(error({"plan", "play/table", "--random"}), HasSubstr("is no task"));
  EXPECT_THAT(error({"plan", "tasks/reahc", "--random"}), HasSubstr("no such scene"));
  EXPECT_THAT(error({"plan", "tasks/reach", "--random", "--set", "planner=cme"}),
              HasSubstr("did you mean \"cem\""));
  EXPECT_THAT(
      error({"plan", "tasks/reach", "--model", PEEKABOO_SOURCE_DIR "/models/infant.safetensors"}),
      HasSubstr("has learned no actions"));
}

}  // namespace
}  // namespace peekaboo::app
