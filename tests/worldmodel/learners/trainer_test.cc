#include "worldmodel/learners/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "tests/worldmodel/moving_squares.h"
#include "worldmodel/io/safetensors.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/learners/anti_collapse.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::HasSubstr;

constexpr int kClips = 8, kFrames = 10;

TrainConfig TinyTraining() {
  TrainConfig train;
  train.clips = kClips;
  train.frames = kFrames;
  train.warmup_steps = 5;
  train.pixel.pairs = 16;
  return train;
}

std::vector<StepReport> Train(WorldModel& model, Trainer& trainer, int steps, int budget,
                              int first = 0) {
  std::vector<StepReport> reports;
  for (int i = first; i < first + steps; ++i) {
    const Batch batch = SquaresBatch(model.config(), kClips, kFrames, i);
    reports.push_back(trainer.Step(batch, static_cast<double>(i) / budget, i + 1 == first + steps));
  }
  return reports;
}

double MeanPrediction(const std::vector<StepReport>& reports, size_t first, size_t last) {
  double sum = 0;
  for (size_t i = first; i < last; ++i) sum += reports[i].prediction;
  return sum / static_cast<double>(last - first);
}

class TrainerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("trainer_test_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // What the weights are, bit for bit.
  std::map<std::string, SafetensorsFile::Tensor> Weights(const WorldModel& model) const {
    model.Save(Path("weights"));
    return LoadSafetensors(Path("weights")).tensors;
  }

  std::filesystem::path folder_;
};

TEST_F(TrainerTest, RegularisedLatentsStayApartAndBecomePredictable) {
  WorldModel model(TinyModel(), 1);
  TrainConfig train = TinyTraining();
  train.learning_rate = 4e-3;
  Trainer trainer(model, train);
  const auto reports = Train(model, trainer, 200, 200);
  EXPECT_GT(reports.back().latents.deviation, 0.6);
  EXPECT_GT(reports.back().latents.temporal_deviation, 0.4);
  EXPECT_GT(reports.back().effective_rank, 5.0);
  EXPECT_LT(reports.back().loss, 0.5 * reports.front().loss);
}

TEST_F(TrainerTest, SigRegKeepsThemApartToo) {
  WorldModel model(TinyModel(), 1);
  TrainConfig train = TinyTraining();
  train.objective = "sigreg";
  train.objective_weight = 0.1;
  train.sigreg.slices = 16;
  Trainer trainer(model, train);
  const auto reports = Train(model, trainer, 60, 60);
  EXPECT_GT(reports.back().latents.deviation, 3 * reports.front().latents.deviation);
}

TEST_F(TrainerTest, WithoutAnObjectiveTheyCollapse) {
  WorldModel model(TinyModel(), 1);
  TrainConfig train = TinyTraining();
  train.learning_rate = 4e-3;
  Trainer with(model, train);
  const auto apart = Train(model, with, 60, 60);
  train.objective = "none";
  Trainer without(model, train);
  const auto collapsed = Train(model, without, 60, 60);
  EXPECT_LT(collapsed.back().latents.deviation, 0.3 * apart.back().latents.deviation);
  EXPECT_LT(collapsed.back().prediction, apart.back().prediction);
  EXPECT_EQ(collapsed.back().anti_collapse, 0.0);
}

TEST_F(TrainerTest, APixelModelLearnsToDraw) {
  ModelConfig config = TinyModel();
  config.kind = "pixel";
  WorldModel model(config, 1);
  Trainer trainer(model, TinyTraining());
  const auto reports = Train(model, trainer, 60, 60);
  EXPECT_LT(MeanPrediction(reports, 50, 60), 0.3 * MeanPrediction(reports, 0, 2));
  for (const double error : reports.back().by_horizon) EXPECT_TRUE(std::isfinite(error));
}

TEST_F(TrainerTest, PixelPairsAreDealtToAllHorizons) {
  ModelConfig config = TinyModel();
  config.kind = "pixel";
  config.horizons = {1, 2, 3, 5};
  for (const auto& [clips, pairs] : {std::pair(2, 4), std::pair(3, 8), std::pair(3, 1)}) {
    TrainConfig train = TinyTraining();
    train.clips = clips;
    train.pixel.pairs = pairs;
    WorldModel model(config, 1);
    Trainer trainer(model, train);
    std::vector<int> steps(4);
    for (int i = 0; i < 4; ++i) {
      const auto report = trainer.Step(SquaresBatch(config, clips, kFrames, i), 0.0);
      for (int k = 0; k < 4; ++k) steps[k] += std::isfinite(report.by_horizon[k]);
    }
    EXPECT_EQ(steps, std::vector<int>(4, pairs >= 4 ? 4 : 1)) << clips << " clips, " << pairs;
  }
}

TEST_F(TrainerTest, Bf16LearnsAsF32Does) {
  ModelConfig config = TinyModel();
  config.precision = "bf16";
  WorldModel model(config, 1);
  Trainer trainer(model, TinyTraining());
  const auto reports = Train(model, trainer, 60, 60);
  EXPECT_GT(reports.back().latents.deviation, 0.4);
  EXPECT_LT(reports.back().loss, 0.8 * reports.front().loss);
}

TEST_F(TrainerTest, VarianceHeadLearnsHowWrongItIs) {
  WorldModel model(TinyModel(), 1);
  TrainConfig train = TinyTraining();
  train.variance_weight = 1.0;
  Trainer trainer(model, train);
  Train(model, trainer, 250, 250);
  const Perception p = model.Perceive(MovingSquares(model.config(), 16, kFrames, 999), 16, kFrames);
  double sum = 0;
  int count = 0;
  for (const float e : p.normalised_error) {
    if (std::isfinite(e)) {
      sum += e;
      ++count;
    }
  }
  EXPECT_GT(sum / count, 0.4);
  EXPECT_LT(sum / count, 3.0);
}

class ResumeTest : public TrainerTest {};
INSTANTIATE_TEST_SUITE_P(Kinds, ResumeTest, ::testing::Values("jepa", "pixel"));

TEST_P(ResumeTest, StoppingAndResumingChangesNothing) {
  for (const char* precision : {"f32", "bf16"}) {
    ModelConfig config = TinyModel();
    config.kind = GetParam();
    config.precision = precision;
    TrainConfig train = TinyTraining();
    train.objective = "sigreg";  // the one that draws random numbers
    train.seed = 5;

    WorldModel whole(config, 3);
    Trainer whole_trainer(whole, train);
    Train(whole, whole_trainer, 7, 7);

    WorldModel first(config, 3);
    Trainer first_trainer(first, train);
    Train(first, first_trainer, 4, 7);
    first.Save(Path("model"));
    first_trainer.SaveState(Path("state"));

    WorldModel second = WorldModel::Load(Path("model"), precision);
    Trainer second_trainer(second, train);
    second_trainer.LoadState(Path("state"));
    EXPECT_EQ(second_trainer.steps(), 4);
    const auto reports = Train(second, second_trainer, 3, 7, 4);
    EXPECT_EQ(reports.back().step, 7);
    EXPECT_TRUE(Weights(whole) == Weights(second));
  }
}

TEST_P(ResumeTest, AnyNumberOfThreadsGivesTheSameBits) {
  const int before = ComputeThreads();
  for (const char* precision : {"f32", "bf16"}) {
    for (const std::string& objective : AntiCollapseNames()) {
      ModelConfig config = TinyModel();
      config.kind = GetParam();
      config.precision = precision;
      config.predictor_hidden = 600;  // several tasks for the sum of gradients
      TrainConfig train = TinyTraining();
      train.objective = objective;
      std::vector<std::map<std::string, SafetensorsFile::Tensor>> weights;
      for (const int threads : {1, 2, 5}) {
        SetComputeThreads(threads);
        WorldModel model(config, 3);
        Trainer trainer(model, train);
        Train(model, trainer, 3, 3);
        weights.push_back(Weights(model));
      }
      EXPECT_TRUE(weights[0] == weights[1]) << precision << ", " << objective;
      EXPECT_TRUE(weights[0] == weights[2]) << precision << ", " << objective;
    }
  }
  SetComputeThreads(before);
}

TEST_F(TrainerTest, DamagedStatesAreRefusedAndChangeNothing) {
  WorldModel model(TinyModel(), 1);
  Trainer trainer(model, TinyTraining());
  Train(model, trainer, 2, 10);
  trainer.SaveState(Path("good"));
  const SafetensorsFile file = LoadSafetensors(Path("good"));
  const auto error_after = [&](const std::function<void(SafetensorsFile&)>& damage) -> std::string {
    SafetensorsFile damaged = file;
    damage(damaged);
    SaveSafetensors(Path("bad"), damaged);
    try {
      trainer.LoadState(Path("bad"));
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_after([](auto&) {}), "no error");
  EXPECT_THAT(error_after([](auto& f) { f.tensors.erase("square"); }), HasSubstr("tensor square"));
  EXPECT_THAT(error_after([](auto& f) {
                f.tensors["mean"].shape = {4};
                f.tensors["mean"].bytes.resize(16);
              }),
              HasSubstr("tensor mean"));
  EXPECT_THAT(error_after([](auto& f) {
                const float nan = std::numeric_limits<float>::quiet_NaN();
                std::memcpy(f.tensors["mean"].bytes.data(), &nan, 4);
              }),
              HasSubstr("not finite"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["steps"] = "-3"; }), HasSubstr("steps"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["steps"] = "3x"; }), HasSubstr("steps"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["weights"] = "1"; }),
              HasSubstr("other weights"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata.erase("format"); }), HasSubstr("format"));
  EXPECT_EQ(trainer.steps(), 2);
  TrainConfig other = TinyTraining();
  other.seed = 9;
  Trainer another(model, other);
  EXPECT_THROW(another.LoadState(Path("good")), UserError);
}

TEST_F(TrainerTest, LearningRateWarmsUpAndFollowsTheCosine) {
  TrainConfig train;
  train.learning_rate = 1e-3;
  train.final_rate = 0.05;
  EXPECT_NEAR(LearningRate(train, 1, 0.0), 1e-5, 1e-12);
  EXPECT_NEAR(LearningRate(train, 100, 0.0), 1e-3, 1e-12);
  EXPECT_NEAR(LearningRate(train, 5000, 0.5), 1e-3 * (0.05 + 0.95 / 2), 1e-12);
  EXPECT_NEAR(LearningRate(train, 5000, 1.0), 5e-5, 1e-12);
  EXPECT_NEAR(LearningRate(train, 5000, 7.0), 5e-5, 1e-12);
}

TEST_F(TrainerTest, ABatchThatIsNotFiniteTeachesNothing) {
  WorldModel model(TinyModel(), 1);
  Trainer trainer(model, TinyTraining());
  Batch batch = SquaresBatch(model.config(), kClips, kFrames, 0);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(batch.Clip(0).data(), &nan, sizeof nan);
  const auto before = Weights(model);
  EXPECT_TRUE(trainer.Step(batch, 0.0).skipped);
  EXPECT_TRUE(Weights(model) == before);
  EXPECT_FALSE(trainer.Step(SquaresBatch(model.config(), kClips, kFrames, 1), 0.0).skipped);
}

TEST_F(TrainerTest, ConfigsThatDoNotGoTogetherAreRefused) {
  WorldModel model(TinyModel(), 1);
  TrainConfig train = TinyTraining();
  train.frames = 2;
  EXPECT_THROW(Trainer(model, train), UserError);
  train = TinyTraining();
  train.objective = "hope";
  EXPECT_THROW(Trainer(model, train), UserError);
}

TEST_F(TrainerTest, RankIsMeasuredOnlyWhenAsked) {
  WorldModel model(TinyModel(), 1);
  Trainer trainer(model, TinyTraining());
  const Batch batch = SquaresBatch(model.config(), kClips, kFrames, 0);
  EXPECT_TRUE(std::isnan(trainer.Step(batch, 0.0).effective_rank));
  EXPECT_GT(trainer.Step(batch, 0.0, /*measure_rank=*/true).effective_rank, 1.0);
}

}  // namespace
}  // namespace peekaboo::worldmodel
