#pragma once

#include "sim/world/fixture_motion.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// A fixture and how it moves; only what World itself uses.
struct World::Script {
  const Entity* entity;
  FixtureMotion script;
};

}  // namespace peekaboo::sim
