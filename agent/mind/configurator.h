#pragma once

#include <string>
#include <vector>

#include "agent/mind/correction_config.h"
#include "agent/mind/cost_config.h"
#include "agent/planning/planner_config.h"
#include "sim/scene/task.h"

namespace peekaboo::agent {

/// How a task is carried out: [plan] of its file.
struct ActorConfig {
  PlannerConfig planner;
  CostConfig cost;
  int execute = 1;     ///< actions that are carried out before the next plan
  double calm = 0;     ///< share of the cost of resting by which a plan must be better than that
  bool memory = true;  ///< false: places are read without memory, to see what memory is worth
  int64_t place_films = 512;  ///< of play, from which places are learned
  bool guards = true;  ///< whether plans heed the task's zones; false to see what guards are worth
  /// m, by which guards are wider than the zones that they keep bodies out of.
  double guard_margin = 0.1;
  CorrectionConfig correction;

  static const ConfigDescription<ActorConfig>& Describe();
  void Validate(const std::string& where) const;
  bool operator==(const ActorConfig&) const = default;
};

/// The settings of a task's [plan], those of included files first, with "KEY=VALUE" of `settings`
/// over them. Throws UserError naming file and key, or the setting.
ActorConfig ConfigureActor(const sim::Task& task, const std::vector<std::string>& settings);

}  // namespace peekaboo::agent
