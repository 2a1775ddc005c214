#include "lab/experiment/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/ordered_pool.h"
#include "lab/battery/matched_set.h"
#include "lab/battery/scoring.h"
#include "lab/experiment/examination.h"
#include "lab/experiment/planning.h"
#include "lab/experiment/training.h"

namespace peekaboo::lab {
namespace {

/// How the demo spends its time: films, minutes of training for the infant and the pixel baseline,
/// sets a scene and split, films and sets for the probes.
struct DemoPlan {
  int64_t episodes;
  double minutes, pixel_minutes;
  int sets, untrained, probe_films, probe_sets;
  int64_t layouts;  // of each task that is acted in
};
constexpr DemoPlan kFull = {4096, 6.0, 1.5, 20, 5, 320, 150, 20};
constexpr DemoPlan kQuick = {640, 0.6, 0.1, 4, 2, 160, 40, 4};

/// The infant's training. Throws UserError for settings of which the rest of the story, which comes
/// after minutes of training, could make nothing.
Training InfantsTraining(const DemoOptions& options, const DemoPlan& plan) {
  Training training;
  training.data = {options.out + "/nursery.h5"};
  training.out = options.out + "/infant";
  training.budget.minutes = plan.minutes;
  training.budget.threads = options.threads;
  training.train.seed = options.seed;
  ApplySettings(options.settings, &training);
  if (training.model.PredictsPixels())
    throw UserError("--set model.kind", "the demo trains an infant and a pixel baseline: leave it");
  if (training.model.image_size != kPictureSide) {
    throw UserError("--set model.image_size",
                    fmt::format("matched sets are filmed at {} pixels a side", kPictureSide));
  }
  const auto variants = VariantNames(training.model.horizons);
  if (std::ranges::find(variants, kPrimaryVariant) == variants.end())
    throw UserError(
        "--set model.horizons",
        fmt::format("the demo's results are scored by {}: leave 8 among them", kPrimaryVariant));
  return training;
}

/// What is acted in, by whom.
std::vector<PlanningOptions> ActingOf(const DemoOptions& options, const DemoPlan& plan) {
  std::vector<PlanningOptions> all;
  if (options.acting.empty()) return all;
  for (const char* task : kDemoTasks) {
    for (const auto who : {EpisodeOptions::Who::kModel, EpisodeOptions::Who::kRandom}) {
      PlanningOptions& planning = all.emplace_back();
      planning.task = task;
      planning.who = who;
      planning.model = options.acting;
      planning.episodes = plan.layouts;
      planning.film_count = 4;
      planning.threads = ThreadsOrAll(options.threads);
      planning.seed = options.seed;
      planning.out = options.out;
      CheckPlanning(planning);  // before minutes of training
    }
  }
  return all;
}

}  // namespace

std::optional<DemoOutcome> RunDemo(const DemoOptions& options, const ExperimentContext& context) {
  const DemoPlan& plan = options.quick ? kQuick : kFull;
  const Training training = InfantsTraining(options, plan);
  const std::vector<PlanningOptions> acting = ActingOf(options, plan);
  Training baseline = training;
  baseline.out = options.out + "/pixel";
  baseline.model.kind = "pixel";
  baseline.budget.minutes = plan.pixel_minutes;

  std::printf("1. The infant's nursery: %lld films of possible events\n",
              static_cast<long long>(plan.episodes));
  std::fflush(stdout);
  const int threads = ThreadsOrAll(training.budget.threads);
  if (!RecordFor({training, baseline}, plan.episodes, threads, context)) return std::nullopt;

  const auto how_long = [](const agent::LearningBudget& budget) {
    return budget.steps > 0 ? fmt::format("{} steps", budget.steps)
                            : fmt::format("{:g} minutes", budget.minutes);
  };
  std::printf("2. It watches, for %s\n", how_long(training.budget).c_str());
  std::fflush(stdout);
  const std::string model = TrainRun(training, context);
  if (model.empty()) return std::nullopt;

  std::printf("3. A network that predicts pixels watches too, for %s\n",
              how_long(baseline.budget).c_str());
  std::fflush(stdout);
  const std::string pixel = TrainRun(baseline, context);
  if (pixel.empty()) return std::nullopt;

  Examination examination;
  examination.models = {model};
  examination.pixels = {pixel};
  examination.precision = training.model.precision;
  examination.untrained = plan.untrained;
  examination.battery.sets = plan.sets;
  examination.battery.seed = training.train.seed;
  examination.battery.threads = threads;
  examination.probing->films = plan.probe_films;
  examination.probing->sets = plan.probe_sets;
  examination.out = options.out;
  examination.run = training.out;
  std::printf(
      "4. It is shown possible and impossible events: is it surprised by the right ones?\n");
  std::fflush(stdout);
  std::optional<Summary> watching = Examine(examination, context);
  if (!watching) return std::nullopt;

  DemoOutcome outcome{std::move(*watching), {}};
  if (acting.empty()) return outcome;
  std::printf("5. Another one, which has played at a table, acts: does it get what it wants?\n\n");
  std::fflush(stdout);
  for (const PlanningOptions& planning : acting) {
    const PlanningOutcome acted = RunPlanning(planning, context);
    if (!acted.complete) return std::nullopt;
    outcome.acting.push_back(acted.results);
  }
  return outcome;
}

}  // namespace peekaboo::lab
