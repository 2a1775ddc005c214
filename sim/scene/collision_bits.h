#pragma once

#include <mujoco/mujoco.h>

#include <vector>

namespace peekaboo::sim {

/// Writes contype and conaffinity of all geoms anew so that the same pairs collide as before, and
/// every pair of things can be told apart: what moves and has the same masks within one child of
/// the world gets a bit of its own as contype; what stands still has no contype; conaffinity holds
/// the bits of all that the geom collides with. MuJoCo's rule is (contype1 & conaffinity2) ||
/// (contype2 & conaffinity1), never between two geoms that stand still; explicit pairs do not
/// heed masks.
///
/// `bits` gets for each body its geoms' contypes, of the bodies below it too, [nbody]. There are 31
/// bits: for a model that needs more it returns false, the model stays as it is, all of `bits` 0.
bool SeparateCollisionBits(mjModel* model, std::vector<int>* bits);

}  // namespace peekaboo::sim
