#include "lab/experiment/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "agent/mind/task_cost.h"
#include "base/error.h"
#include "base/ordered_pool.h"
#include "lab/experiment/episode_film.h"
#include "lab/experiment/progress.h"
#include "lab/experiment/task_actors.h"
#include "lab/statistics/statistics.h"
#include "sim/episode/task_layout.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene_mixture.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::lab {
namespace {

std::vector<double> GoalQpos(const PlanningOptions& options, const mjModel* m) {
  std::vector<double> qpos;
  if (!options.goal_qpos.empty()) {
    std::istringstream in(options.goal_qpos);
    for (double number = 0; in >> number;) qpos.push_back(number);
    if (!in.eof() || std::ssize(qpos) != m->nq) {
      throw UserError("--goal-qpos", fmt::format("'{}' is not {} numbers, one for each of qpos",
                                                 options.goal_qpos, m->nq));
    }
  } else if (!options.goal_keyframe.empty()) {
    int key = mj_name2id(m, mjOBJ_KEY, options.goal_keyframe.c_str());
    for (int k = 0; k < m->nkey && key < 0; ++k)
      if (std::to_string(k) == options.goal_keyframe) key = k;
    if (key < 0) {
      throw UserError("--goal-keyframe", fmt::format("'{}' is none of the {} keyframes of {}",
                                                     options.goal_keyframe, m->nkey, options.task));
    }
    qpos.assign(m->key_qpos + key * m->nq, m->key_qpos + (key + 1) * m->nq);
  }
  return qpos;
}

std::shared_ptr<const sim::Scene> LoadTask(const PlanningOptions& options) {
  if (!sim::IsBareScene(options.task)) {
    if (!options.goal_qpos.empty() || !options.goal_keyframe.empty())
      throw UserError("plan", "--goal-qpos and --goal-keyframe are for an MJCF");
    return sim::LoadScene(sim::FindScene(options.task));
  }
  const auto scene = sim::BareScene(options.task, options.bare);
  const auto stage = sim::Stage::Load(scene->model);
  if (stage->actions().size() == 0)
    throw UserError(options.task, "has no actuators: nothing can act there");
  return sim::BareTask(scene, GoalQpos(options, stage->model()));
}

TaskExperiment Prepare(const PlanningOptions& options, bool quiet) {
  TaskExperiment experiment;
  experiment.scene = LoadTask(options);
  const sim::Scene& scene = *experiment.scene;
  if (!scene.task.exists())
    throw UserError(scene.path, "is no task: it has no [task] that says when it is done");
  experiment.stage = sim::Stage::Load(scene.model);
  experiment.stage->Check(scene);
  experiment.actor = agent::ConfigureActor(scene.task, options.settings);
  if (options.who != PlanningOptions::Who::kModel) return experiment;
  const auto model = worldmodel::WorldModel::Load(options.model);
  experiment.dynamics = std::make_shared<agent::ModelDynamics>(model);
  agent::CheckActs(scene, *experiment.stage, experiment.actor, model.config(), options.model);
  const bool drawn = !options.films.empty() && scene.play.acts();
  if (!drawn && !agent::NeedsPlaces(scene.task, experiment.actor)) return experiment;
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  agent::PlaceReadout::Options fit;
  fit.steps = experiment.actor.planner.horizon;
  fit.seed = options.seed;
  fit.memory = experiment.actor.memory;
  const std::vector<std::string> bodies = agent::TaskBodies(scene.task);
  experiment.places = std::make_shared<agent::PlaceReadout>(
      agent::PlaceReadout::Fit(experiment.stage, scene, *experiment.dynamics, bodies, fit));
  for (size_t body = 0; body < bodies.size() && !quiet; ++body) {
    const std::vector<double>& errors = experiment.places->errors(static_cast<int64_t>(body));
    std::fprintf(stderr,
                 "places of %s are read to %.3f m, %.3f m when imagined %zu actions ahead\n",
                 bodies[body].c_str(), errors.front(), errors.back(), errors.size() - 1);
  }
  return experiment;
}

/// One thread's belongings.
class Worker {
 public:
  Worker(const TaskExperiment& experiment, const PlanningOptions& options)
      : experiment_(experiment),
        options_(options),
        gl_(sim::GlContext::Create()),
        world_(experiment.stage) {
    gl_->MakeCurrent();
    worldmodel::SetComputeThreads(1);
    using Who = PlanningOptions::Who;
    actor_ = options.who == Who::kModel       ? MakeModelActor(experiment, &world_)
             : options.who == Who::kSimulator ? MakeSimulatorActor(experiment, &world_)
                                              : MakeRandomActor(experiment);
    if (!options.films.empty()) film_ = std::make_unique<EpisodeFilm>(experiment, &world_);
  }

  PlanningEpisode Run(int64_t index) {
    const sim::Scene& scene = *experiment_.scene;
    const auto number = static_cast<uint64_t>(index);
    const sim::TaskLayout layout = sim::DrawTaskLayout(scene, options_.seed, number, &world_);
    actor_->Begin(layout, RandomStream(options_.seed, scene.name + "/plan", number));
    PlanningEpisode episode;
    sim::TaskError error = sim::MeasureTask(scene, layout, world_);
    episode.began = error.distance;
    episode.guarded = !layout.never.empty();
    const auto watch = [&](double) {
      episode.intruded = episode.intruded || sim::MeasureIntrusion(layout, world_) > 0;
    };
    const std::vector<float> rest(static_cast<size_t>(experiment_.stage->actions().size()));
    for (int action = 0; action < scene.task.wait; ++action) {
      world_.Act(rest);
      for (int frame = 0; frame < scene.play.repeat; ++frame) {
        world_.StepFrame(watch);
        actor_->See();
      }
    }
    const bool filmed = film_ && index < options_.film_count;
    if (filmed) {
      const sim::WorldState now = world_.Save();
      world_.Restore(layout.goal);
      film_->Begin(fmt::format("{}/episode-{:03}.mp4", options_.films, index), layout);
      world_.Restore(now);
    }
    for (int action = 0; action < scene.task.actions; ++action) {
      world_.Act(actor_->Act());
      if (const agent::Plan* plan = actor_->plan()) {
        episode.plan_seconds += actor_->seconds();
        ++episode.plans;
        episode.inadmissible += !plan->admissible();
      }
      if (filmed) film_->Add(actor_->plan(), sim::MeasureTask(scene, layout, world_).success);
      for (int frame = 0; frame < scene.play.repeat; ++frame) {
        world_.StepFrame(watch);
        actor_->See();
      }
      error = sim::MeasureTask(scene, layout, world_);
      if (error.success && episode.first < 0) episode.first = action + 1;
    }
    if (filmed) {
      film_->Add(nullptr, error.success);
      film_->End();
    }
    episode.ever = episode.first >= 0;
    episode.end = error.success;
    episode.ended = error.distance;
    episode.turned = error.turned;
    if (episode.plans > 0) episode.plan_seconds /= episode.plans;
    return episode;
  }

 private:
  const TaskExperiment& experiment_;
  const PlanningOptions& options_;
  std::unique_ptr<sim::GlContext> gl_;
  sim::World world_;
  std::unique_ptr<TaskActor> actor_;
  std::unique_ptr<EpisodeFilm> film_;  // nullptr: nothing is filmed
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

std::string WhoName(const PlanningOptions& options) {
  using Who = PlanningOptions::Who;
  return options.who == Who::kModel       ? options.model
         : options.who == Who::kSimulator ? "simulator"
                                          : "random actions";
}

/// Empty where nothing was planned.
std::string PlanTime(const std::vector<PlanningEpisode>& episodes) {
  const double seconds = Mean(episodes, &PlanningEpisode::plan_seconds);
  return seconds > 0 ? fmt::format("{:<26}{:.1f} ms\n", "mean time of a plan", 1000 * seconds) : "";
}

}  // namespace

std::vector<PlanningEpisode> RunPlanning(const PlanningOptions& options,
                                         const ExperimentContext& context) {
  const TaskExperiment experiment = Prepare(options, context.quiet);
  if (!options.films.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.films, error);
    if (error) throw UserError(options.films, "cannot be made: " + error.message());
  }
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
  const bool guarded = !episodes.empty() && episodes.front().guarded;
  return line("solved at the end", &PlanningEpisode::end) +
         line("solved at some time", &PlanningEpisode::ever) +
         fmt::format("{:<26}{:.3f} m, {:.3f} m at the beginning\n", "mean distance at the end",
                     Mean(episodes, &PlanningEpisode::ended),
                     Mean(episodes, &PlanningEpisode::began)) +
         PlanTime(episodes) +
         (guarded ? line("entered a forbidden zone", &PlanningEpisode::intruded) : "");
}

std::string PlanningJson(const PlanningOptions& options,
                         const std::vector<PlanningEpisode>& episodes,
                         const ExperimentContext& context) {
  nlohmann::ordered_json json;
  json["task"] = options.task;
  json["model"] = WhoName(options);
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
                                {"inadmissible", episode.inadmissible},
                                {"intruded", episode.intruded}});
  return json.dump(2) + "\n";
}

}  // namespace peekaboo::lab
