#include <gtest/gtest.h>

#include <filesystem>

#include "agent/learning/clip_source.h"
#include "lab/battery/battery.h"
#include "lab/statistics/summary.h"
#include "sim/episode/recorder.h"
#include "worldmodel/learners/trainer.h"

namespace peekaboo {
namespace {

constexpr int kFilms = 1024;
constexpr int kSteps = 2000;
constexpr int kSets = 24;

// The whole way in small: films of the nursery, a short training, matched sets, nulls.
TEST(Learning, AShortTrainingBeatsUntrainedNetworks) {
  const worldmodel::ModelConfig shape;
  worldmodel::TrainConfig train;
  train.shift = 0;  // pays only in longer trainings
  agent::MemoryStore films(32, shape.FrameBytes());
  sim::RecordOptions record;
  record.episodes = kFilms;
  for (const sim::Episode& film : sim::RecordInMemory(sim::SceneMixture("nursery"), record)) {
    films.Add(film);
  }
  worldmodel::WorldModel model(shape, 0);
  worldmodel::Trainer trainer(model, train);
  const agent::ClipSource clips(films, shape, train, "films");
  for (int step = 0; step < kSteps; ++step) {
    const double progress = static_cast<double>(step) / kSteps;
    trainer.Step(clips.Make(step, progress), progress);
  }

  std::vector<std::unique_ptr<lab::Subject>> subjects;
  subjects.push_back(
      lab::MakeNetworkSubject({"infant", lab::ModelKind::kTrained, 0}, std::move(model)));
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    subjects.push_back(lab::MakeNetworkSubject(
        {"untrained " + std::to_string(seed), lab::ModelKind::kUntrained, seed},
        worldmodel::WorldModel(shape, seed)));
  }
  lab::BatteryOptions battery;
  battery.scenes = {"voe/permanence/rising", "voe/gravity/stop"};
  battery.splits = {sim::Split::kDev};
  battery.sets = kSets;
  const auto results = lab::RunBattery(battery, subjects, shape.horizons);
  ASSERT_TRUE(results);
  const lab::Summary summary = lab::Summarise(*results, 50);
  const int primary = summary.primary_variant;
  for (const lab::SummaryRow& row : summary.scenes) {
    const double trained = row.models[0][primary].set_accuracy.value;
    EXPECT_GE(trained, 0.6) << row.name;
    for (size_t m = 1; m < row.models.size(); ++m) {
      EXPECT_GT(trained, row.models[m][primary].set_accuracy.value) << row.name << ", " << m;
    }
  }
}

}  // namespace
}  // namespace peekaboo
