#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/experiment/experiment.h"
#include "lab/experiment/task_episode.h"
#include "lab/statistics/planning_results.h"
#include "sim/scene/bare_scene.h"

namespace peekaboo::lab {

/// Which episodes of a task to act in, and with what.
struct PlanningOptions {
  std::string task;  ///< scene with a [task], name or path (FindScene), or an MJCF
  /// Of an MJCF: what its joints shall be, numbers with spaces between, or the name or number of a
  /// keyframe of it. Both empty: where play leads to.
  std::string goal_qpos, goal_keyframe;
  sim::BareSceneOptions bare;         ///< how an MJCF is seen
  std::string model;                  ///< weights
  std::vector<std::string> settings;  ///< "KEY=VALUE" over the task's [plan]
  int64_t episodes = 100;
  uint64_t seed = 0;
  int threads = 1;
  EpisodeOptions::Who who = EpisodeOptions::Who::kModel;
  int corrections = 0;     ///< rounds of practice and learning from it, each followed by a test
  std::string save;        ///< file for the model that was corrected; "": it is not kept
  std::string films;       ///< folder for films of the first episodes (EpisodeFilm); "": none
  int64_t film_count = 8;  ///< of them
  std::string out;         ///< folder for results, films and a report of them; "": none
};

/// What came of it.
struct PlanningOutcome {
  PlanningResults results;
  bool complete = false;  ///< nobody stopped it
};

/// For who plans later: throws UserError for a task, settings or a model that RunPlanning would not
/// take.
void CheckPlanning(const PlanningOptions& options);

/// Acts in every episode, in order; then, as often as is asked for, practises in other layouts,
/// learns from that (agent::CorrectTransition) and is tested again. In the folder `out` it leaves,
/// when nobody stopped it, `acting/push.json` (ParsePlanning; for others than a model
/// `push-random.json`, `push-simulator.json`), films and strips in `acting/push/`, and
/// `report.html` of all that the folder holds. Throws UserError for a scene that is no task, for a
/// model whose actions or pictures are not the scene's, and for a file that cannot be written.
PlanningOutcome RunPlanning(const PlanningOptions& options, const ExperimentContext& context);

}  // namespace peekaboo::lab
