#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "sim/scene/scene.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// Moves the body of a world while a film is made, as the scene's [play] says. Seeking tries a few
/// sequences of actions on the world itself, goes back, and does the one that came nearest to its
/// target and moved that most: it works for any body, and what it makes is films to learn from,
/// not what the infant knows. One film, one thread.
class Player {
 public:
  /// `world` was reset to `scene` and outlives it. Throws UserError if a target is no body.
  Player(const Scene& scene, World* world, RandomStream random);

  /// The action [A] for the coming frame. The world is as before, to the last bit.
  std::span<const float> Next();

 private:
  using Actions = std::vector<std::vector<float>>;  // blocks of `repeat` frames

  std::vector<float> Sample(const std::vector<float>& before);
  Actions Smooth(int blocks);
  void PlanAhead();
  double Try(const Actions& actions, const Entity& target);
  double Distance(const Entity& target) const;

  const Scene& scene_;
  World* world_;
  RandomStream random_;
  double vigour_;                       // standard deviation of actions, of this film
  std::vector<int> hand_;               // geoms that actuators move
  std::vector<const Entity*> targets_;  // to seek
  std::vector<float> action_;
  Actions plan_;
  size_t block_ = 0;
  int held_ = 0;  // frames for which action_ was held
};

}  // namespace peekaboo::sim
