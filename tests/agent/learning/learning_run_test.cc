#include "agent/learning/learning_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/agent/noise_films.h"
#include "tests/temp_folder.h"
#include "worldmodel/io/safetensors.h"
#include "worldmodel/kernels/gemm_probe.h"

namespace peekaboo::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kSteps = 20;

LearningBudget Steps(int64_t steps) {
  LearningBudget budget;
  budget.steps = steps;
  budget.log_every = 1;
  budget.checkpoint_seconds = 1e6;
  budget.threads = 1;
  return budget;
}

class LearningRunTest : public ::testing::Test {
 protected:
  LearningRun Open(const std::string& name, int64_t steps = kSteps,
                   const worldmodel::TrainConfig& train = TinyTraining()) {
    return LearningRun(folder_ / name, TinyModel(), train, Steps(steps), store_, "noise");
  }

  // Trains until `stop_at` steps are done, as if interrupted then; 0: to the end.
  bool Train(const std::string& name, int64_t stop_at) {
    LearningRun run = Open(name);
    return run.Run(nullptr, [&](const LearningProgress& progress) {
      return stop_at == 0 || progress.report.step < stop_at;
    });
  }

  std::vector<nlohmann::json> Metrics(const std::string& name) const {
    std::vector<nlohmann::json> rows;
    std::istringstream lines(ReadBytes(folder_ / (name + "/metrics.jsonl")));
    for (std::string line; std::getline(lines, line);) rows.push_back(nlohmann::json::parse(line));
    return rows;
  }

  TempFolder folder_;
  MemoryStore store_ = NoiseFilms(TinyModel(), 12, 6);
};

TEST_F(LearningRunTest, LeavesConfigMetricsAndModel) {
  EXPECT_TRUE(Train("run", 0));
  EXPECT_THAT(ReadBytes(folder_ / "run/config.toml"), HasSubstr("patch_channels = 8"));
  const auto metrics = Metrics("run");
  ASSERT_EQ(metrics.size(), size_t{kSteps});
  EXPECT_EQ(metrics.back()["step"], kSteps);
  EXPECT_LT(metrics.back()["loss"].get<double>(), metrics.front()["loss"].get<double>());
  const auto model = worldmodel::WorldModel::Load(folder_ / "run/model.safetensors", "f32");
  EXPECT_EQ(model.config(), TinyModel());
  EXPECT_EQ(model.metadata().at("precision"), "f32");
  LearningRun again = Open("run");
  EXPECT_TRUE(again.finished());
  EXPECT_EQ(again.steps(), kSteps);
}

TEST_F(LearningRunTest, ARunThatWasStoppedGoesOnBitForBit) {
  ASSERT_TRUE(Train("whole", 0));
  ASSERT_FALSE(Train("parts", 7));
  EXPECT_FALSE(fs::exists(folder_ / "parts/model.safetensors"));
  ASSERT_FALSE(Train("parts", 8));
  ASSERT_FALSE(Train("parts", 19));
  ASSERT_TRUE(Train("parts", 0));
  const auto one = worldmodel::LoadSafetensors(folder_ / "whole/model.safetensors").tensors;
  const auto other = worldmodel::LoadSafetensors(folder_ / "parts/model.safetensors").tensors;
  ASSERT_EQ(one.size(), other.size());
  for (const auto& [name, tensor] : one) EXPECT_EQ(other.at(name).bytes, tensor.bytes) << name;
  const auto whole = Metrics("whole"), parts = Metrics("parts");
  ASSERT_EQ(parts.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(parts[i]["loss"], whole[i]["loss"]) << i;
}

TEST_F(LearningRunTest, ItGoesOnInAnotherPrecisionAndSaysSo) {
  const auto open = [&](const char* precision) {
    auto model = TinyModel();
    model.precision = precision;
    return LearningRun(folder_ / "run", model, TinyTraining(), Steps(kSteps), store_, "noise");
  };
  const auto stop_at = [](int64_t step) {
    return [step](const LearningProgress& progress) { return progress.report.step < step; };
  };
  const std::string config = folder_ / "run/config.toml";
  LearningRun begun = open("bf16");
  EXPECT_EQ(begun.notice(), "");
  ASSERT_FALSE(begun.Run(nullptr, stop_at(5)));
  EXPECT_THAT(ReadBytes(config), HasSubstr("precision = \"bf16\""));
  EXPECT_EQ(open("bf16").notice(), "");
  LearningRun other = open("f32");
  EXPECT_THAT(other.notice(), HasSubstr("learned in bf16 until now and goes on in f32"));
  EXPECT_EQ(other.steps(), 5);
  EXPECT_THAT(ReadBytes(config), HasSubstr("precision = \"bf16\"")) << "nothing is learned yet";
  EXPECT_EQ(open("bf16").notice(), "");
  ASSERT_FALSE(other.Run(nullptr, stop_at(9)));
  EXPECT_THAT(ReadBytes(config), HasSubstr("precision = \"f32\""));
  // "auto" is resolved, and as this machine resolves it.
  const bool bf16 = worldmodel::FasterPrecision() == worldmodel::Precision::kBf16;
  LearningRun faster = open("auto");
  EXPECT_EQ(faster.steps(), 9);
  EXPECT_THAT(faster.notice(),
              bf16 ? HasSubstr("in bf16, the faster on this machine") : HasSubstr(""));
  EXPECT_THAT(ReadBytes(config), Not(HasSubstr("precision = \"auto\"")));
  ASSERT_TRUE(open("f32").Run(nullptr, nullptr));
  const auto model = worldmodel::WorldModel::Load(folder_ / "run/model.safetensors");
  EXPECT_EQ(model.metadata().at("precision"), "bf16, f32 from step 6");
}

TEST_F(LearningRunTest, WhatWasLoggedAfterTheCheckpointIsLoggedOnce) {
  ASSERT_FALSE(Train("run", 7));
  // As if the machine had stopped two steps after the checkpoint, in the middle of a line.
  const std::string path = folder_ / "run/metrics.jsonl";
  folder_.Write("run/metrics.jsonl", ReadBytes(path) + "{\"step\":8}\n{\"step\":9}\n{\"ste");
  ASSERT_TRUE(Train("run", 0));
  const auto metrics = Metrics("run");
  ASSERT_EQ(metrics.size(), size_t{kSteps});
  for (int i = 0; i < kSteps; ++i) EXPECT_EQ(metrics[i]["step"], i + 1);
}

TEST_F(LearningRunTest, ARunFromBeforeClipsWereMovedGoesOnAsItWas) {
  auto still = TinyTraining();
  still.shift = 0;
  const auto stop = [](const LearningProgress& progress) { return progress.report.step < 3; };
  ASSERT_FALSE(Open("run", kSteps, still).Run(nullptr, stop));
  std::string config = ReadBytes(folder_ / "run/config.toml");
  const size_t line = config.find("shift = 0");
  ASSERT_NE(line, std::string::npos);
  folder_.Write("run/config.toml", config.erase(line, config.find('\n', line) + 1 - line));
  EXPECT_THAT(ErrorOf([&] { Open("run"); }), HasSubstr("config.toml"));
  EXPECT_EQ(Open("run", kSteps, still).steps(), 3);
}

TEST_F(LearningRunTest, OtherSettingsAreRefused) {
  ASSERT_FALSE(Train("run", 3));
  auto train = TinyTraining();
  train.learning_rate = 0.5;
  EXPECT_THAT(
      ErrorOf([&] { Open("run", kSteps, train); }),
      AllOf(HasSubstr("config.toml"), HasSubstr("train.learning_rate = "), HasSubstr(", now 0.5")));
  EXPECT_THAT(ErrorOf([&] {
                LearningRun(folder_ / "run", TinyModel(), TinyTraining(), Steps(kSteps), store_,
                            "others");
              }),
              HasSubstr("data.file = \"noise\", now \"others\""));
  const auto model = ReadBytes(folder_ / "run/config.toml");
  EXPECT_THAT(model, Not(HasSubstr("learning_rate = 0.5")));
}

TEST_F(LearningRunTest, ItsBudgetMayChange) {
  ASSERT_TRUE(Train("run", 0));
  {
    LearningRun longer = Open("run", kSteps + 5);
    EXPECT_FALSE(longer.finished());
    EXPECT_EQ(longer.steps(), kSteps);
    EXPECT_THAT(ReadBytes(folder_ / "run/config.toml"), HasSubstr("steps = 25"));
    ASSERT_TRUE(longer.Run(nullptr, nullptr));
  }
  EXPECT_EQ(worldmodel::WorldModel::Load(folder_ / "run/model.safetensors").metadata().at("steps"),
            "25");
  EXPECT_EQ(Metrics("run").size(), size_t{kSteps} + 5);
  LearningRun shorter = Open("run", 10);
  EXPECT_TRUE(shorter.finished());
  EXPECT_EQ(shorter.steps(), kSteps + 5);
}

TEST_F(LearningRunTest, ADamagedCheckpointIsNamed) {
  ASSERT_FALSE(Train("run", 3));
  int damaged = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "run/checkpoints")) {
    if (entry.path().extension() != ".safetensors") continue;
    fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  EXPECT_THAT(ErrorOf([&] { Open("run"); }), HasSubstr("run/checkpoints"));
}

TEST_F(LearningRunTest, AFolderThatCannotBeWrittenIsNamed) {
  folder_.Write("file", "in the way");
  EXPECT_THAT(ErrorOf([&] { Open("file/run"); }), HasSubstr("file"));
}

}  // namespace
}  // namespace peekaboo::agent
