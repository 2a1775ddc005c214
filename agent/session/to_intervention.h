#pragma once

#include <map>
#include <string>

#include "agent/session/command.h"
#include "agent/session/snapshot.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

/// Whom or what a command is about. Throws UserError where that is nothing that can be moved.
std::string NameOf(const Target& target, const sim::World& world);

/// What a magic wand does to the thing called `name`: the intervention in the physics, with its
/// place, and with the next colour or shape where the command leaves that open. `swapped`: what was
/// swapped before, by factor ("ball.colour"). Throws UserError for a colour or shape that there is
/// not.
sim::Intervention ToIntervention(const command::Wand& wand, const std::string& name,
                                 const EpisodeSpec& spec, const sim::Stage& stage,
                                 const std::map<std::string, std::string>& swapped);

}  // namespace peekaboo::agent
