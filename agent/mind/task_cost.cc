#include "agent/mind/task_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace peekaboo::agent {

std::vector<std::string> TaskBodies(const sim::Task& task) {
  std::vector<std::string> bodies;
  const auto add = [&](const std::string& body) {
    if (std::find(bodies.begin(), bodies.end(), body) == bodies.end()) bodies.push_back(body);
  };
  for (const sim::Task::Success& success : task.success) add(success.body);
  for (const sim::Task::Success& success : task.success)
    if (!success.of.empty()) add(success.of);
  for (const sim::Task::Zone& zone : task.never) add(zone.body);
  return bodies;
}

bool NeedsPlaces(const sim::Task& task, const ActorConfig& config) {
  return (config.guards && !task.never.empty()) || config.cost.place > 0 || config.cost.meet > 0;
}

void CheckActs(const sim::Scene& scene, const sim::Stage& stage, const ActorConfig& actor,
               const worldmodel::ModelConfig& config, const std::string& where) {
  if (config.action_size == 0)
    throw UserError(where, "has learned no actions: train it on films in which a body acts");
  if (config.action_size != stage.actions().size())
    throw UserError(where, fmt::format("acts with {} numbers, {} with {}", config.action_size,
                                       scene.name, stage.actions().size()));
  if (config.action_repeat != scene.play.repeat)
    throw UserError(where, fmt::format("holds actions for {} frames, {} for {}",
                                       config.action_repeat, scene.name, scene.play.repeat));
  if (actor.cost.meet > 0 && scene.task.goal != sim::Task::Goal::kMeet)
    throw UserError(scene.path + ": plan.cost.meet", "is for a task in which bodies shall meet");
  if (NeedsPlaces(scene.task, actor) && !scene.play.acts())
    throw UserError(scene.path + ": play", "is missing: places are read from latents of play");
}

CostContext MakeCostContext(const sim::Task& task, const sim::TaskLayout& layout,
                            const ActorConfig& config, std::shared_ptr<const PlaceReadout> places) {
  CostContext context;
  if (!places) return context;
  context.places = std::move(places);
  const std::vector<std::string> bodies = TaskBodies(task);
  const auto index = [&](const std::string& body) {
    return std::find(bodies.begin(), bodies.end(), body) - bodies.begin();
  };
  for (const sim::Task::Success& success : task.success) {
    context.placed.push_back(index(success.body));
    if (!success.of.empty()) context.meetings.emplace_back(index(success.body), index(success.of));
  }
  if (!config.guards) return context;
  for (const sim::PlacedZone& zone : layout.never)
    context.guards.push_back({index(zone.body), zone.centre, zone.within + config.guard_margin});
  return context;
}

}  // namespace peekaboo::agent
