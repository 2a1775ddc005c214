#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/stop.h"
#include "lab/experiment/training.h"
#include "sim/episode/recorder.h"

namespace peekaboo::app {

namespace {

struct TrainCommand {
  CommonOptions common;
  lab::Training training;
  std::vector<std::string> settings;
  double minutes = 10;
  int64_t steps = 0;
  int64_t episodes = sim::RecordOptions().episodes;
  bool pixel = false;
};

}  // namespace

SubcommandFn AddTrain(CLI::App& command) {
  auto options = std::make_shared<TrainCommand>();
  command.add_option(
      "--data", options->training.data,
      "Recorded films (HDF5), one file or more; if left out, the nursery is recorded "
      "first");
  command.add_option("--episodes", options->episodes, "Films to record when there is no --data")
      ->check(CLI::Range(16, 100000000))
      ->capture_default_str();
  command.add_option("--minutes", options->minutes, "How long to train, recording not counted")
      ->check(CLI::Range(0.01, 1e5))
      ->capture_default_str();
  command
      .add_option("--steps", options->steps,
                  "Train this many steps instead (then resuming is exact)")
      ->check(CLI::Range(0, 1000000000))
      ->capture_default_str();
  command.add_flag("--pixel", options->pixel, "Train the pixel-prediction baseline instead");
  command.add_option("--set", options->settings,
                     "Any setting: model.KEY=VALUE, train.KEY=VALUE, budget.KEY=VALUE");
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "the run (a folder)");
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(
      command,
      "  peekaboo train --minutes 10 --out runs/first\n"
      "  peekaboo train --data data/nursery.h5 --minutes 5 --seed 1 --out runs/five\n"
      "  peekaboo train --data data/nursery.h5 --set train.objective=sigreg --out runs/sigreg\n"
      "  peekaboo train --data data/nursery.h5 data/table.h5 --out runs/both\n"
      "Ctrl-C stops; the same command again goes on.\n\nSettings:\n" +
          worldmodel::ModelConfig::Describe().Help("model.") +
          worldmodel::TrainConfig::Describe().Help("train.") +
          agent::LearningBudget::Describe().Help("budget."));
  return [options] {
    lab::Training training = options->training;
    training.train.seed = options->common.seed;
    training.budget.minutes = options->minutes;
    training.budget.steps = options->steps;
    training.budget.threads = options->common.threads;
    if (options->pixel) training.model.kind = "pixel";
    lab::ApplySettings(options->settings, &training);
    training.out = options->common.out;
    const StopOnInterrupt stop;
    const lab::ExperimentContext context = Context(stop, options->common);
    if (training.data.empty()) {
      training.data = {training.out + "/nursery.h5"};
      if (!lab::RecordFor({training}, options->episodes, options->common.Threads(), context)) {
        std::printf("%s: stopped; the same command goes on\n", training.out.c_str());
        return 1;
      }
    }
    const std::string model = lab::TrainRun(training, context);
    if (model.empty()) {
      std::printf("%s: stopped; the same command goes on\n", training.out.c_str());
      return 1;
    }
    std::printf("%s\n", model.c_str());
    return 0;
  };
}

}  // namespace peekaboo::app
