#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/mind/configurator.h"
#include "agent/mind/cost.h"
#include "agent/mind/place_readout.h"
#include "sim/episode/task_layout.h"
#include "sim/scene/scene.h"

namespace peekaboo::agent {

/// The bodies of a task's success, then those that they shall be at and those of its zones, each
/// once: whose places a PlaceReadout reads.
std::vector<std::string> TaskBodies(const sim::Task& task);

/// Whether plans of the task need to know where bodies are: by a guard, or by a cost in metres.
bool NeedsPlaces(const sim::Task& task, const ActorConfig& config);

/// Throws UserError if a model whose actions are `config`'s cannot act in the scene, or if the
/// actor's costs are not those of such a task. `where`: the model, for messages.
void CheckActs(const sim::Scene& scene, const sim::Stage& stage, const ActorConfig& actor,
               const worldmodel::ModelConfig& config, const std::string& where);

/// What costs and guards of a layout may know; goal and dynamics are the caller's to fill in.
/// `places`: of TaskBodies, or nullptr where they are not needed.
CostContext MakeCostContext(const sim::Task& task, const sim::TaskLayout& layout,
                            const ActorConfig& config, std::shared_ptr<const PlaceReadout> places);

}  // namespace peekaboo::agent
