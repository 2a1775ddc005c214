#include "agent/mind/configurator.h"

#include "base/error.h"
#include "base/toml_file.h"

namespace peekaboo::agent {

const ConfigDescription<ActorConfig>& ActorConfig::Describe() {
  using C = ActorConfig;
  static const auto description =
      ConfigDescription<C>("How a task is carried out.")
          .Nested("", &C::planner)
          .Nested("cost", &C::cost)
          .Nested("correct", &C::correction)
          .Field("execute", &C::execute, "Actions that are carried out before the next plan",
                 {.min = 1, .max = 1024})
          .Field("calm", &C::calm,
                 "Share of the cost of standing still by which a plan must be better than that",
                 {.min = 0, .max = 1})
          .Field("memory", &C::memory, "Whether memory may say where bodies are, or latents alone")
          .Field("place_films", &C::place_films,
                 "Films of play from which places are learned, where they are needed",
                 {.min = 2, .max = 1e6})
          .Field("guards", &C::guards, "Whether plans heed the zones that the task forbids")
          .Field("guard_margin", &C::guard_margin,
                 "By which guards are wider than the zones they keep bodies out of",
                 {.unit = "m", .min = 0, .max = 100});
  return description;
}

void ActorConfig::Validate(const std::string& where) const {
  Describe().Validate(*this, where);
  planner.Validate(where);
  if (cost.last + cost.nearest > 1)
    throw UserError(where + ": cost.last", "and cost.nearest are more than 1 together");
}

ActorConfig ConfigureActor(const sim::Task& task, const std::vector<std::string>& settings) {
  ActorConfig config;
  for (const auto& file : task.plan)
    ActorConfig::Describe().Read(file->root().RequireTable("plan"), &config);
  for (const std::string& setting : settings) ActorConfig::Describe().Set(setting, &config);
  config.Validate("plan");
  return config;
}

}  // namespace peekaboo::agent
