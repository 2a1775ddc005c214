#pragma once

#include <string>

#include "lab/experiment/planning.h"

namespace peekaboo::lab {

/// The table that people read, one for each round, and all of it as JSON.
std::string PlanningTable(const PlanningOutcome& outcome);
std::string PlanningJson(const PlanningOptions& options, const PlanningOutcome& outcome,
                         const ExperimentContext& context);

}  // namespace peekaboo::lab
