#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/experiment/experiment.h"
#include "lab/statistics/planning_results.h"
#include "lab/statistics/summary.h"

namespace peekaboo::lab {

/// The whole story: films of a nursery, an infant and a pixel baseline that learn from them, their
/// examination, another infant that acts, and the report of it all.
struct DemoOptions {
  std::vector<std::string> settings;  ///< as ApplySettings takes them, of infant and baseline
  bool quick = false;                 ///< in two minutes, with a model that has hardly learned
  uint64_t seed = 0;
  int threads = 0;     ///< 0: one a core
  std::string out;     ///< folder
  std::string acting;  ///< weights of a model that acts in kDemoTasks; "": nobody acts
};

/// What is acted in.
inline constexpr const char* kDemoTasks[] = {"tasks/reach", "tasks/push", "tasks/guarded_reach"};

/// What came of it.
struct DemoOutcome {
  Summary watching;                     ///< of the examination
  std::vector<PlanningResults> acting;  ///< of each task the model, then random actions
};

/// Prints on stdout what it is at. Nothing if it was stopped: the same demo goes on where it was.
/// Throws UserError.
std::optional<DemoOutcome> RunDemo(const DemoOptions& options, const ExperimentContext& context);

}  // namespace peekaboo::lab
