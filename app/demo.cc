#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/examination.h"
#include "app/options.h"
#include "app/stop.h"
#include "app/training.h"

namespace peekaboo::app {
namespace {

struct DemoCommand {
  CommonOptions common;
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

}  // namespace

Action AddDemo(CLI::App& command) {
  auto options = std::make_shared<DemoCommand>();
  command.add_flag("--quick", options->quick,
                   "The same story in two minutes, with a model that has hardly learned");
  AddSeed(command, &options->common);
  command.add_option("--out", options->common.out,
                     "Where to write the run and its report (a folder) [runs/demo, quick: "
                     "runs/quick]");
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(
      command,
      "  peekaboo demo\n  peekaboo demo --quick\nCtrl-C stops; the same command again goes on.");
  return [options] {
    const DemoPlan& plan = options->quick ? kQuick : kFull;
    const std::string out = !options->common.out.empty() ? options->common.out
                            : options->quick             ? "runs/quick"
                                                         : "runs/demo";
    const bool quiet = options->common.quiet;
    const StopOnInterrupt stop;

    Training training;
    training.data = out + "/nursery.h5";
    training.out = out + "/infant";
    training.train.seed = options->common.seed;
    training.budget.minutes = plan.minutes;
    training.budget.threads = options->common.threads;
    Training baseline = training;
    baseline.out = out + "/pixel";
    baseline.model.kind = "pixel";
    baseline.budget.minutes = plan.pixel_minutes;

    std::printf("1. The infant's nursery: %lld films of possible events\n",
                static_cast<long long>(plan.episodes));
    std::fflush(stdout);
    if (!RecordFor({training, baseline}, plan.episodes, options->common.Threads(), stop.requested(),
                   quiet))
      return 1;

    std::printf("2. It watches, for %g minutes\n", plan.minutes);
    std::fflush(stdout);
    const std::string model = TrainRun(training, stop.requested(), quiet);
    if (model.empty()) return 1;

    std::printf("3. A network that predicts pixels watches too, for %g minutes\n",
                plan.pixel_minutes);
    std::fflush(stdout);
    const std::string pixel = TrainRun(baseline, stop.requested(), quiet);
    if (pixel.empty()) return 1;

    Examination examination;
    examination.models = {model};
    examination.pixels = {pixel};
    examination.untrained = plan.untrained;
    examination.battery.sets = plan.sets;
    examination.battery.seed = options->common.seed;
    examination.battery.threads = options->common.Threads();
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
