#pragma once

#include <array>

#include "sim/world/world.h"

namespace peekaboo::sim {

/// Moves the joints that carry body `body` (MuJoCo's number) so that its centre comes as near to
/// `point` [m, world frame] as they and their limits allow; what has other joints stays. Everything
/// then stands still. Damped least squares on the body's Jacobian (Wampler 1986). Returns the
/// distance that is left [m]. Throws UserError for a point that is not finite.
double MoveBodyTo(World* world, int body, const std::array<double, 3>& point);

}  // namespace peekaboo::sim
