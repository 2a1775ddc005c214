#pragma once

#include <vector>

#include "lab/statistics/planning_results.h"
#include "lab/statistics/summary.h"

namespace peekaboo::app {

/// The table of concepts on stdout, people's or machines'.
void PrintSummary(const lab::Summary& summary, bool json);

/// A line for each task and who acted in it, for people. Nothing of nothing.
void PrintActing(const std::vector<lab::PlanningResults>& acting);

}  // namespace peekaboo::app
