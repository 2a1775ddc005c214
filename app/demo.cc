#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/examination.h"
#include "app/options.h"
#include "app/stop.h"
#include "app/training.h"
#include "base/error.h"
#include "base/ordered_pool.h"
#include "lab/battery/matched_set.h"
#include "lab/battery/scoring.h"

namespace peekaboo::app {
namespace {

struct DemoCommand {
  CommonOptions common;
  std::vector<std::string> settings;
  bool quick = false;
};

/// How the demo spends its time: films, minutes of training for the infant and the pixel baseline,
/// sets a scene and split, films and sets for the probes.
struct DemoPlan {
  int64_t episodes;
  double minutes, pixel_minutes;
  int sets, untrained, probe_films, probe_sets;
};
constexpr DemoPlan kFull = {4096, 6.0, 1.5, 20, 5, 320, 150};
constexpr DemoPlan kQuick = {640, 0.6, 0.1, 4, 2, 160, 40};

/// The infant's training. Throws UserError for settings of which the rest of the story, which comes
/// after minutes of training, could make nothing.
Training InfantsTraining(const DemoCommand& options, const DemoPlan& plan, const std::string& out) {
  Training training;
  training.data = out + "/nursery.h5";
  training.out = out + "/infant";
  training.budget.minutes = plan.minutes;
  training.budget.threads = options.common.threads;
  training.train.seed = options.common.seed;
  ApplySettings(options.settings, &training);
  if (training.model.IsPixel())
    throw UserError("--set model.kind", "the demo trains an infant and a pixel baseline: leave it");
  if (training.model.image_size != lab::kPictureSide) {
    throw UserError(
        "--set model.image_size",
        "matched sets are filmed at " + std::to_string(lab::kPictureSide) + " pixels a side");
  }
  const auto variants = lab::VariantNames(training.model.horizons);
  if (std::ranges::find(variants, lab::kPrimaryVariant) == variants.end())
    throw UserError("--set model.horizons", std::string("the demo's results are scored by ") +
                                                lab::kPrimaryVariant + ": leave 8 among them");
  return training;
}

}  // namespace

SubcommandFn AddDemo(CLI::App& command) {
  auto options = std::make_shared<DemoCommand>();
  command.add_flag("--quick", options->quick,
                   "The same story in two minutes, with a model that has hardly learned");
  command.add_option(
      "--set", options->settings,
      "Any setting that `train` has, for infant and pixel baseline: model.KEY=VALUE, "
      "train.KEY=VALUE, budget.KEY=VALUE (minutes: the infant's alone)");
  AddSeed(command, &options->common);
  command.add_option("--out", options->common.out,
                     "Where to write the run and its report (a folder) [runs/demo, quick: "
                     "runs/quick]");
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command,
              "  peekaboo demo\n  peekaboo demo --quick\n"
              "  peekaboo demo --quick --threads 1 --set train.objective=sigreg --out runs/sigreg\n"
              "Ctrl-C stops; the same command again goes on.");
  return [options] {
    const DemoPlan& plan = options->quick ? kQuick : kFull;
    const std::string out = !options->common.out.empty() ? options->common.out
                            : options->quick             ? "runs/quick"
                                                         : "runs/demo";
    const bool quiet = options->common.quiet;
    const StopOnInterrupt stop;

    const Training training = InfantsTraining(*options, plan, out);
    Training baseline = training;
    baseline.out = out + "/pixel";
    baseline.model.kind = "pixel";
    baseline.budget.minutes = plan.pixel_minutes;

    std::printf("1. The infant's nursery: %lld films of possible events\n",
                static_cast<long long>(plan.episodes));
    std::fflush(stdout);
    const int threads = ThreadsOrAll(training.budget.threads);
    if (!RecordFor({training, baseline}, plan.episodes, threads, stop.requested(), quiet)) return 1;

    const auto how_long = [](const agent::LearningBudget& budget) {
      char text[64];
      if (budget.steps > 0) {
        std::snprintf(text, sizeof text, "%lld steps", static_cast<long long>(budget.steps));
      } else {
        std::snprintf(text, sizeof text, "%g minutes", budget.minutes);
      }
      return std::string(text);
    };
    std::printf("2. It watches, for %s\n", how_long(training.budget).c_str());
    std::fflush(stdout);
    const std::string model = TrainRun(training, stop.requested(), quiet);
    if (model.empty()) return 1;

    std::printf("3. A network that predicts pixels watches too, for %s\n",
                how_long(baseline.budget).c_str());
    std::fflush(stdout);
    const std::string pixel = TrainRun(baseline, stop.requested(), quiet);
    if (pixel.empty()) return 1;

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
    examination.out = out;
    examination.run = training.out;
    std::printf(
        "4. It is shown possible and impossible events: is it surprised by the right ones?\n\n");
    std::fflush(stdout);
    const auto summary = Examine(examination, stop.requested(), quiet);
    if (!summary) return 1;
    PrintSummary(*summary, false);
    std::printf("%s/report.html\n", out.c_str());
    return 0;
  };
}

}  // namespace peekaboo::app
