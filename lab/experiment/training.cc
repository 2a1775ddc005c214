#include "lab/experiment/training.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "agent/learning/joined_store.h"
#include "base/error.h"
#include "lab/experiment/blas_check.h"
#include "lab/experiment/progress.h"
#include "lab/experiment/recording.h"
#include "lab/experiment/run_log.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/recorder.h"
#include "sim/scene/scene_mixture.h"

namespace peekaboo::lab {

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
               const ExperimentContext& context) {
  const Training& first = trainings.front();
  const sim::SceneMixture nursery("nursery");
  int64_t films = episodes;
  std::error_code error;
  if (std::filesystem::exists(first.data.front(), error))
    films = std::max(films, sim::EpisodeReader::Open(first.data.front()).size());
  for (const Training& training : trainings) {
    agent::LearningRun::Check(training.out, training.model, training.train, training.budget,
                              {training.data.front(), films, nursery.first().frames});
  }
  sim::RecordOptions record;
  record.episodes = episodes;
  record.seed = first.train.seed;
  record.threads = threads;
  record.film.height = record.film.width = first.model.image_size;
  return RecordToFile(record, first.data.front(), context) >= episodes;
}

std::string TrainRun(const Training& asked, const ExperimentContext& context) {
  const agent::JoinedStore store(asked.data, asked.model.image_size);
  const std::string data = fmt::format("{}", fmt::join(asked.data, ", "));
  Training training = asked;
  if (!training.model.PredictsPixels()) {
    training.model.action_size = store.actions().size;
    training.model.action_repeat = store.actions().size > 0 ? store.actions().repeat : 1;
  }
  agent::LearningRun run(training.out, training.model, training.train, training.budget, store,
                         data);
  WarnOfSlowProducts(training.model.precision);
  if (!run.notice().empty()) std::fprintf(stderr, "note: %s\n", run.notice().c_str());
  const bool by_steps = training.budget.steps > 0;
  const double seconds = 60 * training.budget.minutes;
  const auto counted = [&](int64_t steps, double spent) {
    return by_steps ? steps : std::llround(1000 * std::min(spent, seconds));
  };
  Progress progress(training.model.PredictsPixels() ? "training (pixels)" : "training",
                    std::max<int64_t>(1, counted(training.budget.steps, seconds)),
                    Progress::StandardError(context.quiet), counted(run.steps(), run.seconds()),
                    by_steps        ? ProgressUnit{"steps"}
                    : seconds < 180 ? ProgressUnit{"s", 1000}
                                    : ProgressUnit{"min", 60 * 1000});
  std::optional<RunLog> log;
  if (!run.finished()) {
    const std::string notice = run.notice().empty() ? "" : fmt::format(" ({})", run.notice());
    log.emplace(context.provenance, training.out,
                fmt::format("trains on {}{} from step {}", data, notice, run.steps()));
  }
  std::optional<Progress> lesson;
  const int64_t lesson_steps = training.train.transition.steps + training.train.distance.steps;
  const bool done = run.Run(&context.stop, [&](const agent::LearningProgress& now) {
    if (now.lesson > 0) {
      if (!lesson) {
        progress.Finish();
        lesson.emplace("learning to act", lesson_steps, Progress::StandardError(context.quiet));
      }
      lesson->Update(std::llround(now.lesson * static_cast<double>(lesson_steps)));
      return true;
    }
    std::string note =
        fmt::format("loss {:.3f}, {:.0f} frames/s", now.report.loss, now.frames_per_second);
    if (!by_steps) note = fmt::format("step {}, {}", now.report.step, note);
    progress.Update(counted(now.report.step, now.seconds), note);
    return true;
  });
  (lesson ? *lesson : progress).Finish();
  if (log) {
    log->End(fmt::format("{} at step {}, {} s of training in {}", done ? "finished" : "stopped",
                         run.steps(), static_cast<int64_t>(run.seconds()),
                         run.model().config().precision));
  }
  return done ? run.model_path() : "";
}

}  // namespace peekaboo::lab
