#pragma once

#include "sim/scene/intervention.h"

namespace peekaboo::sim {

class Physics;

/// Breaks a law (of the physics, never of pixels) from the next step on. Here, though not in scene
/// files, fixtures too may vanish and appear (x and z are then of their centre; what lay hidden
/// stands), and pass_through may name one body: it passes through all but surfaces. `time` [s] is
/// that of the frame. Throws UserError for a body that there is not, or that does not move.
void ApplyIntervention(const Intervention& intervention, double time, Physics* physics);

}  // namespace peekaboo::sim
