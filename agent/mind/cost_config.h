#pragma once

#include "base/config.h"

namespace peekaboo::agent {

/// Weights of what a plan costs: [plan] cost.KEY. A term of weight 0 is not computed.
struct CostConfig {
  double latent = 1;    ///< of the squared distance to the goal's latent, a mean over its numbers
  double temporal = 0;  ///< of the temporal distance to the goal, actions, that the model learned
  double place = 0;     ///< of the squared distance of bodies to their goals [m], read from latents
  double meet = 0;      ///< of the squared distance of bodies to others that they shall be at [m]
  double effort = 0;    ///< of the squared actions, a mean over their numbers
  double smoothness = 0;  ///< of the squared change from one action to the next
  // Of which states the distance to the goal counts; what these shares leave, all share alike.
  double last = 0;     ///< of the last one
  double nearest = 0;  ///< of the one that is nearest to the goal

  static const ConfigDescription<CostConfig>& Describe();
  bool operator==(const CostConfig&) const = default;
};

}  // namespace peekaboo::agent
