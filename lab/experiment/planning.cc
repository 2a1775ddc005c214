#include "lab/experiment/planning.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "agent/mind/correction.h"
#include "agent/mind/task_cost.h"
#include "base/error.h"
#include "base/folder.h"
#include "base/ordered_pool.h"
#include "lab/experiment/progress.h"
#include "lab/experiment/task_actors.h"
#include "lab/report/acting_files.h"
#include "lab/report/report_input.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene_mixture.h"
#include "worldmodel/kernels/compute.h"

namespace fs = std::filesystem;

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

/// What does not depend on a model.
TaskExperiment Prepare(const PlanningOptions& options) {
  TaskExperiment experiment;
  experiment.scene = LoadTask(options);
  const sim::Scene& scene = *experiment.scene;
  if (!scene.task.exists())
    throw UserError(scene.path, "is no task: it has no [task] that says when it is done");
  experiment.stage = sim::Stage::Load(scene.model);
  experiment.stage->Check(scene);
  experiment.actor = agent::ConfigureActor(scene.task, options.settings);
  return experiment;
}

/// Gives it to a model, which learns to read places where they are needed.
void GiveTo(const worldmodel::WorldModel& model, const PlanningOptions& options,
            const std::string& films, bool quiet, TaskExperiment* experiment) {
  const sim::Scene& scene = *experiment->scene;
  experiment->dynamics = std::make_shared<agent::ModelDynamics>(model);
  agent::CheckActs(scene, *experiment->stage, experiment->actor, model.config(), options.model);
  const bool drawn = !films.empty() && scene.play.acts();
  if (!drawn && !agent::NeedsPlaces(scene.task, experiment->actor)) return;
  agent::PlaceReadout::Options fit;
  fit.films = experiment->actor.place_films;
  fit.threads = options.threads;
  fit.steps = experiment->actor.planner.horizon;
  fit.seed = options.seed;
  fit.memory = experiment->actor.memory;
  const std::vector<std::string> bodies = agent::TaskBodies(scene.task);
  experiment->places = std::make_shared<agent::PlaceReadout>(
      agent::PlaceReadout::Fit(experiment->stage, scene, *experiment->dynamics, bodies, fit));
  for (size_t body = 0; body < bodies.size() && !quiet; ++body) {
    const std::vector<double>& errors = experiment->places->errors(static_cast<int64_t>(body));
    std::fprintf(stderr,
                 "places of %s are read to %.3f m, %.3f m when imagined %zu actions ahead\n",
                 bodies[body].c_str(), errors.front(), errors.back(), errors.size() - 1);
  }
}

struct Acted {
  PlanningEpisode episode;
  worldmodel::ActedFilms lived;  // only where it is to be learned from
};

/// Acts in `count` layouts. `told`: after each; may be null.
std::vector<Acted> RunEpisodes(const TaskExperiment& experiment, const EpisodeOptions& options,
                               int64_t count, bool remember, int threads, const char* what,
                               const ExperimentContext& context) {
  Progress progress(what, count, Progress::StandardError(context.quiet));
  std::vector<Acted> all;
  RunOrdered<Acted>(
      threads, count,
      [&]() -> std::function<Acted(int64_t)> {
        auto runner = std::make_shared<EpisodeRunner>(experiment, options);
        return [runner, remember](int64_t index) {
          Acted acted{runner->Run(index), {}};
          if (remember) acted.lived = runner->Lived();
          return acted;
        };
      },
      [&](int64_t, const Acted& acted) {
        all.push_back(acted);
        progress.Update(std::ssize(all));
        return !context.stop.load();
      });
  progress.Finish();
  return all;
}

/// One round: practice on layouts of its own, and what is learned from them.
bool Correct(const TaskExperiment& experiment, const PlanningOptions& options, int round,
             worldmodel::WorldModel* model, const ExperimentContext& context) {
  const agent::CorrectionConfig& config = experiment.actor.correction;
  EpisodeOptions practice;
  practice.seed =
      RandomStream(options.seed, experiment.scene->name + "/practice", static_cast<uint64_t>(round))
          .Next();
  std::vector<worldmodel::ActedFilms> lived;
  for (Acted& acted : RunEpisodes(experiment, practice, config.episodes, /*remember=*/true,
                                  options.threads, "practising", context))
    lived.push_back(std::move(acted.lived));
  if (context.stop.load()) return false;
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  worldmodel::SetComputeThreads(options.threads);
  Progress progress("learning from it", config.steps, Progress::StandardError(context.quiet));
  int64_t steps = 0;
  const bool done = agent::CorrectTransition(lived, experiment.stage, *experiment.scene, config,
                                             practice.seed, model, [&] {
                                               progress.Update(++steps);
                                               return !context.stop.load();
                                             });
  progress.Finish();
  return done;
}

/// Where films go; "": nowhere.
std::string FilmsOf(const PlanningOptions& options) {
  const bool model = options.who == EpisodeOptions::Who::kModel;
  if (!options.films.empty() || options.out.empty() || !model) return options.films;
  return UnfinishedFilms(options.out, options.task);
}

PlanningResults Describe(const TaskExperiment& experiment, const PlanningOptions& options,
                         const ExperimentContext& context) {
  using Who = EpisodeOptions::Who;
  PlanningResults results;
  results.task = options.task;
  results.title = experiment.scene->title;
  results.who = options.who == Who::kModel       ? options.model
                : options.who == Who::kSimulator ? PlanningResults::kSimulator
                                                 : PlanningResults::kRandom;
  results.settings = options.settings;
  results.seed = options.seed;
  results.created_by = ProgramAndEngine(context.provenance);
  results.commit = context.provenance.commit;
  results.machine = MachineDescription();
  return results;
}

/// Into the folder of reports.
void Publish(const PlanningResults& results, const PlanningOptions& options) {
  SaveActing(options.out, results);
  WriteReportOf(options.out, "");
}

}  // namespace

void CheckPlanning(const PlanningOptions& options) {
  const TaskExperiment experiment = Prepare(options);
  if (options.who != EpisodeOptions::Who::kModel) return;
  const auto model = worldmodel::WorldModel::Load(options.model);
  agent::CheckActs(*experiment.scene, *experiment.stage, experiment.actor, model.config(),
                   options.model);
}

PlanningOutcome RunPlanning(const PlanningOptions& options, const ExperimentContext& context) {
  if (options.corrections > 0 && options.who != EpisodeOptions::Who::kModel)
    throw UserError("--correct", "is for a model: nobody else learns");
  if (!options.save.empty() && options.corrections == 0)
    throw UserError("--save", "is for what --correct learned");
  const std::string films = FilmsOf(options);
  TaskExperiment experiment = Prepare(options);
  std::optional<worldmodel::WorldModel> model;
  if (options.who == EpisodeOptions::Who::kModel) {
    model.emplace(worldmodel::WorldModel::Load(options.model));
    GiveTo(*model, options, films, context.quiet, &experiment);
  }
  if (!films.empty()) {
    std::error_code none;
    if (films != options.films) fs::remove_all(films, none);  // of a run that was stopped
    MakeFolder(films);
  }
  EpisodeOptions test;
  test.who = options.who;
  test.seed = options.seed;
  test.film_count = options.film_count;
  PlanningOutcome outcome;
  outcome.results = Describe(experiment, options, context);
  for (int round = 0; round <= options.corrections && !context.stop.load(); ++round) {
    if (round > 0) {
      if (!Correct(experiment, options, round, &*model, context)) break;
      GiveTo(*model, options, films, context.quiet, &experiment);
    }
    test.films = round == options.corrections ? films : "";  // of what came of it all
    std::vector<PlanningEpisode>& episodes = outcome.results.rounds.emplace_back();
    for (const Acted& acted : RunEpisodes(experiment, test, options.episodes, /*remember=*/false,
                                          options.threads, "acting", context))
      episodes.push_back(acted.episode);
  }
  const auto& rounds = outcome.results.rounds;
  outcome.complete = std::ssize(rounds) == options.corrections + 1 &&
                     std::ssize(rounds.back()) == options.episodes;
  if (!outcome.complete) return outcome;
  if (!options.save.empty())
    model->Save(options.save, {{"corrected_rounds", std::to_string(options.corrections)}});
  if (!options.out.empty()) Publish(outcome.results, options);
  return outcome;
}

}  // namespace peekaboo::lab
