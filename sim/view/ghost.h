#pragma once

#include <mujoco/mujoco.h>

#include <array>

namespace peekaboo::sim {

/// Things that are not in the world but drawn into a view of it, for ViewRenderer::Draw: where a
/// mind believes that something is, where something is pulled to. World frame, m; colours 0 to 1,
/// the last number is how dense it looks from the front, its rim is denser.
mjvGeom GhostBall(const std::array<double, 3>& centre, double radius,
                  const std::array<float, 4>& rgba);
/// `width`: radius of the shaft. Of no length, it is not drawn.
mjvGeom GhostArrow(const std::array<double, 3>& from, const std::array<double, 3>& to, double width,
                   const std::array<float, 4>& rgba);

}  // namespace peekaboo::sim
