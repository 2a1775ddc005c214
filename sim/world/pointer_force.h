#pragma once

#include <array>
#include <optional>

#include "sim/scene/stage.h"

namespace peekaboo::sim {

class Physics;

/// A spring between a body and a pointer, critically damped, which draws it towards a point, turns
/// it, or both, until it is let go. No part of a world's state. One thread.
class PointerForce {
 public:
  /// Draws `body` towards a point [m, world frame]; its y is ignored. Throws UserError for a point
  /// that is nowhere.
  void Pull(const Entity& body, const double point[3], Physics* physics);
  /// Turns `body` about y by `by` [rad] from how it is at first, then on from where it was to be.
  /// Throws UserError for a body that has no such joint.
  void Twist(const Entity& body, double by, Physics* physics);
  void LetGo(Physics* physics);
  /// Forgets what it held, whose forces are gone already.
  void Reset();

  /// The forces of the coming step, on top of what holds the body otherwise.
  void Apply(Physics* physics) const;

 private:
  void Take(const Entity& body, Physics* physics);

  const Entity* body_ = nullptr;
  std::optional<std::array<double, 2>> to_;  // x, z
  std::optional<double> angle_;              // rad
};

/// Throws UserError for a body that cannot be turned, or by no number.
void CheckTurn(const Entity& entity, double by);

}  // namespace peekaboo::sim
