#pragma once

#include "sim/world/fixture_script.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// A fixture and how it moves; only what World itself uses.
struct World::Script {
  const Entity* entity;
  FixtureScript script;
};

}  // namespace peekaboo::sim
