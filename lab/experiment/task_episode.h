#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/experiment/episode_film.h"
#include "lab/experiment/task_actors.h"
#include "lab/statistics/planning_results.h"
#include "sim/render/gl_context.h"
#include "sim/world/world.h"
#include "worldmodel/learners/transition_learner.h"

namespace peekaboo::lab {

/// Which layouts, who acts, and what is kept of it.
struct EpisodeOptions {
  /// Who acts in episodes.
  enum class Who {
    kModel,      ///< plans with the model, from pictures
    kSimulator,  ///< plans with the world itself, from true places: an upper bound
    kRandom,     ///< random actions, to compare with
  };
  Who who = Who::kModel;
  uint64_t seed = 0;       ///< of layouts
  std::string films = {};  ///< folder for films of the first episodes (EpisodeFilm); "": none
  int64_t film_count = 8;  ///< of them
};

/// Acts in episodes of a task, on the thread that made it, with a GlContext of its own.
class EpisodeRunner {
 public:
  /// `experiment` outlives it.
  EpisodeRunner(const TaskExperiment& experiment, const EpisodeOptions& options);

  /// Layout `index`, from its start to the task's last action.
  PlanningEpisode Run(int64_t index);
  /// What the model saw and did in the last episode (agent::Actor::Lived).
  worldmodel::ActedFilms Lived() const { return actor_->Lived(); }

 private:
  /// One frame passes, of an action that works.
  void StepFrame(const sim::TaskLayout& layout, PlanningEpisode* episode);

  const TaskExperiment& experiment_;
  const EpisodeOptions options_;
  std::unique_ptr<sim::GlContext> gl_;
  sim::World world_;
  std::unique_ptr<TaskActor> actor_;
  std::unique_ptr<EpisodeFilm> film_;  // nullptr: nothing is filmed
};

}  // namespace peekaboo::lab
