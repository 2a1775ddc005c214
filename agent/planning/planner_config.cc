#include "agent/planning/planner_config.h"

#include <fmt/format.h>

#include "agent/planning/planner.h"
#include "base/error.h"

namespace peekaboo::agent {

const ConfigDescription<PlannerConfig>& PlannerConfig::Describe() {
  using C = PlannerConfig;
  static const auto description =
      ConfigDescription<C>("How actions are searched for.")
          .Field("planner", &C::planner, "How actions are searched for",
                 {.choices = PlannerNames()})
          .Field("horizon", &C::horizon, "Actions of a plan", {.min = 1, .max = 1024})
          .Field("budget_ms", &C::budget_ms, "Time for a plan, then the best so far; 0: no limit",
                 {.unit = "ms", .min = 0, .max = 1e6})
          .Nested("gradient", &C::gradient)
          .Nested("grasp", &C::grasp)
          .Nested("cem", &C::cem)
          .Nested("icem", &C::icem)
          .Nested("mppi", &C::mppi)
          .Nested("random", &C::random)
          .Nested("tree", &C::tree);
  return description;
}

void PlannerConfig::Validate(const std::string& where) const {
  Describe().Validate(*this, where);
  const auto fewer = [&](const char* planner, int elites, int samples) {
    if (elites > samples)
      throw UserError(fmt::format("{}: {}.elites", where, planner),
                      fmt::format("{} of {} samples cannot be the best", elites, samples));
  };
  fewer("cem", cem.elites, cem.samples);
  fewer("icem", icem.elites, icem.samples);
}

}  // namespace peekaboo::agent
