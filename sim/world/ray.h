#pragma once

#include <array>
#include <optional>

#include "sim/scene/stage.h"

namespace peekaboo::sim {

class Physics;

/// What a ray met.
struct RayHit {
  const Entity* entity;
  std::array<double, 3> point;  ///< m, world frame
};

/// What a ray hits first, of what can be seen; nothing if that has no name. `direction` need not be
/// of length 1. World frame, m. `through` what is no body: what lies behind a screen.
std::optional<RayHit> CastRay(const Physics& physics, const double origin[3],
                              const double direction[3], bool through);

}  // namespace peekaboo::sim
