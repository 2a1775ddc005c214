#pragma once

#include <string>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"

namespace peekaboo::sim {

class Physics;

/// Physics::Reset's work: `physics->draw()` becomes numbers in the model, which is the stage's own
/// before, and the initial state. Throws UserError naming a factor that cannot be.
void ApplyDraw(const Scene& scene, Physics* physics);

/// Sets a factor that may change while the world runs: gravity, contact, colours, lights, cameras.
/// False, and nothing is done, for one that is how things begin. Throws UserError, leaving
/// everything as it was, for a value that cannot be.
bool AdjustFactor(const Scene& scene, const std::string& key, const Value& value, Physics* physics);

}  // namespace peekaboo::sim
