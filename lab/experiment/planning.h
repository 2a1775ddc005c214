#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/experiment/experiment.h"
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
  enum class Who {
    kModel,      ///< plans with the model, from pictures
    kSimulator,  ///< plans with the world itself, from true places: an upper bound
    kRandom,     ///< random actions, to compare with
  };
  Who who = Who::kModel;
  std::string films;       ///< folder for films of the first episodes (EpisodeFilm); "": none
  int64_t film_count = 8;  ///< of them
};

/// What came of one episode.
struct PlanningEpisode {
  bool ever = false;            ///< solved after some action
  bool end = false;             ///< solved after the last one
  double began = 0, ended = 0;  ///< m, distance to the goal
  double turned = 0;            ///< rad, at the end
  int first = -1;               ///< actions until it was solved first
  double plan_seconds = 0;      ///< mean over plans
  int plans = 0;
  int inadmissible = 0;   ///< plans that were not carried out
  bool guarded = false;   ///< there are zones that a body must not enter
  bool intruded = false;  ///< a body was at some time in a zone that it must not enter
};

/// Acts in every episode, in order. Throws UserError for a scene that is no task, and for a model
/// whose actions or pictures are not the scene's.
std::vector<PlanningEpisode> RunPlanning(const PlanningOptions& options,
                                         const ExperimentContext& context);

/// The table that people read, and the same as JSON.
std::string PlanningTable(const std::vector<PlanningEpisode>& episodes);
std::string PlanningJson(const PlanningOptions& options,
                         const std::vector<PlanningEpisode>& episodes,
                         const ExperimentContext& context);

}  // namespace peekaboo::lab
