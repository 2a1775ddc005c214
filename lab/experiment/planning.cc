#include "lab/experiment/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/mind/actor.h"
#include "base/error.h"
#include "base/ordered_pool.h"
#include "lab/experiment/progress.h"
#include "lab/statistics/statistics.h"
#include "sim/episode/task_layout.h"
#include "sim/render/eye.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene_mixture.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::lab {
namespace {

/// A task with all that its episodes share.
struct Experiment {
  std::shared_ptr<const sim::Scene> scene;
  std::shared_ptr<const sim::Stage> stage;
  std::shared_ptr<const agent::ModelDynamics> dynamics;  // nullptr: random actions
  agent::ActorConfig actor;
};

Experiment Prepare(const PlanningOptions& options) {
  Experiment experiment;
  experiment.scene = sim::LoadScene(sim::FindScene(options.task));
  const sim::Scene& scene = *experiment.scene;
  if (!scene.task.exists())
    throw UserError(scene.path, "is no task: it has no [task] that says when it is done");
  experiment.stage = sim::Stage::Load(scene.model);
  experiment.stage->Check(scene);
  const auto size = static_cast<int>(experiment.stage->actions().size());
  experiment.actor = agent::ConfigureActor(scene.task, options.settings);
  if (options.random) return experiment;
  const auto model = worldmodel::WorldModel::Load(options.model);
  experiment.dynamics = std::make_shared<agent::ModelDynamics>(model);
  const auto& config = model.config();
  if (config.action_size != size)
    throw UserError(options.model, fmt::format("acts with {} numbers, {} with {}",
                                               config.action_size, scene.name, size));
  if (config.action_repeat != scene.play.repeat)
    throw UserError(options.model,
                    fmt::format("holds actions for {} frames, {} for {}", config.action_repeat,
                                scene.name, scene.play.repeat));
  return experiment;
}

/// One thread's belongings.
class Worker {
 public:
  Worker(const Experiment& experiment, const PlanningOptions& options)
      : experiment_(experiment),
        options_(options),
        gl_(sim::GlContext::Create()),
        world_(experiment.stage) {
    gl_->MakeCurrent();
    const int side =
        experiment.dynamics ? experiment.dynamics->model().config().image_size : kRandomSide;
    eye_ = std::make_unique<sim::Eye>(world_.model(), side, side);
    frame_.resize(static_cast<size_t>(side) * side * 3);
    worldmodel::SetComputeThreads(1);
  }

  PlanningEpisode Run(int64_t index) {
    const sim::Scene& scene = *experiment_.scene;
    const auto number = static_cast<uint64_t>(index);
    const sim::TaskLayout layout = sim::DrawTaskLayout(scene, options_.seed, number, &world_);
    RandomStream random(options_.seed, scene.name + "/plan", number);
    std::optional<agent::Actor> actor;
    if (experiment_.dynamics) {
      actor.emplace(experiment_.dynamics, experiment_.actor, random);
      world_.Restore(layout.goal);
      actor->Begin(See());
      world_.Restore(layout.start);
      actor->Perceive(See());
    }
    PlanningEpisode episode;
    sim::TaskError error = sim::MeasureTask(scene, layout, world_);
    episode.began = error.distance;
    for (int action = 0; action < scene.task.actions; ++action) {
      world_.Act(actor ? Planned(*actor, &episode) : Random(random));
      for (int frame = 0; frame < scene.play.repeat; ++frame) {
        world_.StepFrame();
        if (actor) actor->Perceive(See());
      }
      error = sim::MeasureTask(scene, layout, world_);
      if (error.success && episode.first < 0) episode.first = action + 1;
    }
    episode.ever = episode.first >= 0;
    episode.end = error.success;
    episode.ended = error.distance;
    episode.turned = error.turned;
    if (episode.plans > 0) episode.plan_seconds /= episode.plans;
    return episode;
  }

 private:
  static constexpr int kRandomSide = 16;  // pixels; nobody looks

  std::span<const uint8_t> See() {
    eye_->See(world_, experiment_.stage->CameraOf(*experiment_.scene), frame_);
    return frame_;
  }

  std::vector<float> Planned(agent::Actor& actor, PlanningEpisode* episode) {
    std::vector<float> action = actor.Act();
    episode->plan_seconds += actor.seconds();
    ++episode->plans;
    if (!actor.plan()->admissible()) ++episode->inadmissible;
    return action;
  }

  std::vector<float> Random(RandomStream& random) const {
    std::vector<float> action(experiment_.stage->actions().size());
    for (float& number : action) number = static_cast<float>(random.Uniform(-1, 1));
    return action;
  }

  const Experiment& experiment_;
  const PlanningOptions& options_;
  std::unique_ptr<sim::GlContext> gl_;
  sim::World world_;
  std::unique_ptr<sim::Eye> eye_;
  std::vector<uint8_t> frame_;
};

struct Share {
  int64_t count = 0;
  double share = 0;
  Interval interval;
};

Share ShareOf(const std::vector<PlanningEpisode>& episodes, bool PlanningEpisode::*what) {
  Share share;
  share.count = std::count_if(episodes.begin(), episodes.end(),
                              [&](const PlanningEpisode& episode) { return episode.*what; });
  const auto n = static_cast<int>(episodes.size());
  share.share = n > 0 ? static_cast<double>(share.count) / n : 0;
  share.interval = ClopperPearson(static_cast<int>(share.count), n);
  return share;
}

double Mean(const std::vector<PlanningEpisode>& episodes, double PlanningEpisode::*what) {
  double sum = 0;
  for (const PlanningEpisode& episode : episodes) sum += episode.*what;
  return episodes.empty() ? 0 : sum / static_cast<double>(episodes.size());
}

/// Empty where nothing was planned.
std::string PlanTime(const std::vector<PlanningEpisode>& episodes) {
  const double seconds = Mean(episodes, &PlanningEpisode::plan_seconds);
  return seconds > 0 ? fmt::format("{:<26}{:.1f} ms\n", "mean time of a plan", 1000 * seconds) : "";
}

}  // namespace

std::vector<PlanningEpisode> RunPlanning(const PlanningOptions& options,
                                         const ExperimentContext& context) {
  const Experiment experiment = Prepare(options);
  Progress progress("acting", options.episodes, Progress::StandardError(context.quiet));
  std::vector<PlanningEpisode> episodes;
  RunOrdered<PlanningEpisode>(
      options.threads, options.episodes,
      [&]() -> std::function<PlanningEpisode(int64_t)> {
        auto worker = std::make_shared<Worker>(experiment, options);
        return [worker](int64_t index) { return worker->Run(index); };
      },
      [&](int64_t, const PlanningEpisode& episode) {
        episodes.push_back(episode);
        progress.Update(std::ssize(episodes));
        return !context.stop.load();
      });
  progress.Finish();
  return episodes;
}

std::string PlanningTable(const std::vector<PlanningEpisode>& episodes) {
  const auto line = [&](const char* name, bool PlanningEpisode::*what) {
    const Share share = ShareOf(episodes, what);
    return fmt::format("{:<26}{:5.1f}%  [{:.1f}, {:.1f}]  {} of {}\n", name, 100 * share.share,
                       100 * share.interval.low, 100 * share.interval.high, share.count,
                       episodes.size());
  };
  return line("solved at the end", &PlanningEpisode::end) +
         line("solved at some time", &PlanningEpisode::ever) +
         fmt::format("{:<26}{:.3f} m, {:.3f} m at the beginning\n", "mean distance at the end",
                     Mean(episodes, &PlanningEpisode::ended),
                     Mean(episodes, &PlanningEpisode::began)) +
         PlanTime(episodes);
}

std::string PlanningJson(const PlanningOptions& options,
                         const std::vector<PlanningEpisode>& episodes,
                         const ExperimentContext& context) {
  nlohmann::ordered_json json;
  json["task"] = options.task;
  json["model"] = options.random ? "random actions" : options.model;
  json["settings"] = options.settings;
  json["seed"] = options.seed;
  json["created_by"] = ProgramAndEngine(context.provenance);
  json["commit"] = context.provenance.commit;
  const auto share = [&](bool PlanningEpisode::*what) {
    const Share found = ShareOf(episodes, what);
    return nlohmann::ordered_json{
        {"share", found.share}, {"low", found.interval.low}, {"high", found.interval.high}};
  };
  json["end"] = share(&PlanningEpisode::end);
  json["ever"] = share(&PlanningEpisode::ever);
  json["episodes"] = nlohmann::ordered_json::array();
  for (const PlanningEpisode& episode : episodes)
    json["episodes"].push_back({{"end", episode.end},
                                {"ever", episode.ever},
                                {"first", episode.first},
                                {"began", episode.began},
                                {"ended", episode.ended},
                                {"turned", episode.turned},
                                {"plan_seconds", episode.plan_seconds},
                                {"inadmissible", episode.inadmissible}});
  return json.dump(2) + "\n";
}

}  // namespace peekaboo::lab
