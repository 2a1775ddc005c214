#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "agent/learning/file_store.h"
#include "app/blas_check.h"
#include "app/commands.h"
#include "app/options.h"
#include "app/progress.h"
#include "app/recording.h"
#include "app/run_log.h"
#include "app/stop.h"
#include "app/training.h"
#include "base/error.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/recorder.h"

namespace peekaboo::app {

void ApplySettings(const std::vector<std::string>& settings, Training* training) {
  for (const std::string& setting : settings) {
    const auto dot = setting.find('.');
    const std::string group = setting.substr(0, dot);
    const std::string rest = dot == std::string::npos ? "" : setting.substr(dot + 1);
    if (group == "model") {
      worldmodel::ModelConfig::Describe().Set(rest, &training->model);
    } else if (group == "train") {
      worldmodel::TrainConfig::Describe().Set(rest, &training->train);
    } else if (group == "budget") {
      agent::LearningBudget::Describe().Set(rest, &training->budget);
    } else {
      throw UserError("--set " + setting,
                      "expected model.KEY=VALUE, train.KEY=VALUE or budget.KEY=VALUE");
    }
  }
}

bool RecordFor(const std::vector<Training>& trainings, int64_t episodes, int threads,
               const std::atomic<bool>& stop, bool quiet) {
  const Training& first = trainings.front();
  const sim::SceneMixture nursery("nursery");
  int64_t films = episodes;
  std::error_code error;
  if (std::filesystem::exists(first.data, error))
    films = std::max(films, sim::EpisodeReader::Open(first.data).size());
  for (const Training& training : trainings) {
    agent::LearningRun::Check(training.out, training.model, training.train, training.budget,
                              {training.data, films, nursery.first().frames});
  }
  sim::RecordOptions record;
  record.episodes = episodes;
  record.seed = first.train.seed;
  record.threads = threads;
  record.film.height = record.film.width = first.model.image_size;
  return RecordToFile(record, first.data, stop, quiet) >= episodes;
}

std::string TrainRun(const Training& training, const std::atomic<bool>& stop, bool quiet) {
  const agent::FileStore store(training.data, training.model.image_size);
  agent::LearningRun run(training.out, training.model, training.train, training.budget, store,
                         training.data);
  WarnOfSlowProducts(training.model.precision);
  if (!run.notice().empty()) std::fprintf(stderr, "note: %s\n", run.notice().c_str());
  const bool by_steps = training.budget.steps > 0;
  const double seconds = 60 * training.budget.minutes;
  const auto counted = [&](int64_t steps, double spent) {
    return by_steps ? steps : std::llround(1000 * std::min(spent, seconds));
  };
  Progress progress(training.model.IsPixel() ? "training (pixels)" : "training",
                    std::max<int64_t>(1, counted(training.budget.steps, seconds)),
                    Progress::StandardError(quiet), counted(run.steps(), run.seconds()),
                    by_steps        ? ProgressUnit{"steps"}
                    : seconds < 180 ? ProgressUnit{"s", 1000}
                                    : ProgressUnit{"min", 60 * 1000});
  std::optional<RunLog> log;
  if (!run.finished())
    log.emplace(training.out, "trains on " + training.data +
                                  (run.notice().empty() ? "" : " (" + run.notice() + ")") +
                                  " from step " + std::to_string(run.steps()));
  const bool done = run.Run(&stop, [&](const agent::LearningProgress& now) {
    char note[160];
    int used = 0;
    if (!by_steps)
      used =
          std::snprintf(note, sizeof(note), "step %lld, ", static_cast<long long>(now.report.step));
    std::snprintf(note + used, sizeof(note) - used, "loss %.3f, %.0f frames/s", now.report.loss,
                  now.frames_per_second);
    progress.Update(counted(now.report.step, now.seconds), note);
    return true;
  });
  progress.Finish();
  if (log) {
    log->End((done ? "finished at step " : "stopped at step ") + std::to_string(run.steps()) +
             ", " + std::to_string(static_cast<int64_t>(run.seconds())) + " s of training in " +
             run.model().config().precision);
  }
  return done ? run.model_path() : "";
}

namespace {

struct TrainCommand {
  CommonOptions common;
  Training training;
  std::vector<std::string> settings;
  double minutes = 10;
  int64_t steps = 0;
  int64_t episodes = sim::RecordOptions().episodes;
  bool pixel = false;
};

}  // namespace

SubcommandFn AddTrain(CLI::App& command) {
  auto options = std::make_shared<TrainCommand>();
  command.add_option("--data", options->training.data,
                     "Recorded films (HDF5); without it, the nursery is recorded first");
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
      "Ctrl-C stops; the same command again goes on.\n\nSettings:\n" +
          worldmodel::ModelConfig::Describe().Help("model.") +
          worldmodel::TrainConfig::Describe().Help("train.") +
          agent::LearningBudget::Describe().Help("budget."));
  return [options] {
    Training training = options->training;
    training.train.seed = options->common.seed;
    training.budget.minutes = options->minutes;
    training.budget.steps = options->steps;
    training.budget.threads = options->common.threads;
    if (options->pixel) training.model.kind = "pixel";
    ApplySettings(options->settings, &training);
    training.out = options->common.out;
    const StopOnInterrupt stop;
    if (training.data.empty()) {
      training.data = training.out + "/nursery.h5";
      if (!RecordFor({training}, options->episodes, options->common.Threads(), stop.requested(),
                     options->common.quiet)) {
        std::printf("%s: stopped; the same command goes on\n", training.out.c_str());
        return 1;
      }
    }
    const std::string model = TrainRun(training, stop.requested(), options->common.quiet);
    if (model.empty()) {
      std::printf("%s: stopped; the same command goes on\n", training.out.c_str());
      return 1;
    }
    std::printf("%s\n", model.c_str());
    return 0;
  };
}

}  // namespace peekaboo::app
