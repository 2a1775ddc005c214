#include "agent/planning/planner.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"

namespace peekaboo::agent {
namespace {

struct Row {
  const char* name;
  bool needs_gradients;
  std::unique_ptr<Planner> (*make)(const PlannerConfig& config);
};

constexpr Row kTable[] = {
    {"gradient", true, MakeGradientPlanner},
    {"grasp", true, MakeGrasp},
    {"cem", false, MakeCem},
    {"icem", false, MakeICem},
    {"mppi", false, MakeMppi},
    {"random", false, MakeRandomShooting},
    {"tree", false, MakeTreeSearch},
};

}  // namespace

std::vector<std::string> PlannerNames() {
  std::vector<std::string> names;
  for (const Row& row : kTable) names.emplace_back(row.name);
  return names;
}

std::unique_ptr<Planner> MakePlanner(const PlannerConfig& config, bool differentiable) {
  for (const Row& row : kTable) {
    if (config.planner != row.name) continue;
    if (row.needs_gradients && !differentiable)
      throw UserError("plan: planner",
                      fmt::format("'{}' follows gradients, and there are none here", row.name));
    return row.make(config);
  }
  throw UserError("plan: planner", fmt::format("'{}' is none of {}", config.planner,
                                               fmt::join(PlannerNames(), ", ")));
}

at::Tensor ShiftActions(const at::Tensor& actions, int64_t executed) {
  const int64_t gone = std::min(executed, actions.size(1));
  const at::Tensor rest = actions.slice(1, gone);
  return at::cat({rest, at::zeros({actions.size(0), gone, actions.size(2)}, rest.options())}, 1);
}

}  // namespace peekaboo::agent
