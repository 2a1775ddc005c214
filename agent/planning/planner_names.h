#pragma once

#include <string>
#include <vector>

namespace peekaboo::agent {

/// Names that PlannerConfig::planner may have.
std::vector<std::string> PlannerNames();

}  // namespace peekaboo::agent
