#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/statistics/statistics.h"

namespace peekaboo::lab {

/// What came of one episode of a task.
struct PlanningEpisode {
  bool ever = false;            ///< solved after some action
  bool end = false;             ///< solved after the last one
  double began = 0, ended = 0;  ///< m, distance to the goal
  double turned = 0;            ///< rad, at the end
  int first = -1;               ///< actions until it was solved first
  double plan_seconds = 0;      ///< mean over plans; 0: nothing was planned
  int plans = 0;
  int inadmissible = 0;   ///< plans that were not carried out
  bool guarded = false;   ///< there are zones that a body must not enter
  bool intruded = false;  ///< a body was at some time in a zone that it must not enter
};

/// Episodes of a task with one actor, as `plan` prints and keeps them. Plain data.
struct PlanningResults {
  std::string task;                   ///< as it was named: "tasks/push", a path
  std::string title;                  ///< what the scene says of itself
  std::string who;                    ///< the model's file, kSimulator, kRandom
  std::vector<std::string> settings;  ///< "KEY=VALUE" over the task's own
  uint64_t seed = 0;                  ///< of layouts
  std::string created_by, commit, machine;
  /// In the same layouts: as it was, and after each round of correction.
  std::vector<std::vector<PlanningEpisode>> rounds;

  bool ByModel() const { return who != kSimulator && who != kRandom; }

  static constexpr const char* kSimulator = "simulator";
  static constexpr const char* kRandom = "random actions";
};

/// In how many episodes something is so.
struct EpisodeShare {
  int64_t count = 0;
  double share = 0;   ///< of all; 0 of none
  Interval interval;  ///< 95%, exact (ClopperPearson)
};
EpisodeShare ShareOf(const std::vector<PlanningEpisode>& episodes, bool PlanningEpisode::*what);

/// Over episodes; 0 of none.
double MeanOf(const std::vector<PlanningEpisode>& episodes, double PlanningEpisode::*what);

/// The table that people read, one for each round.
std::string PlanningTable(const PlanningResults& results);

/// All of it. ParsePlanning reads what PlanningJson writes; throws UserError naming `path`.
std::string PlanningJson(const PlanningResults& results);
PlanningResults ParsePlanning(const std::string& path, const std::string& json);

}  // namespace peekaboo::lab
