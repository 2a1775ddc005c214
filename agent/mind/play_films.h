#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/render/eye.h"
#include "sim/scene/scene.h"
#include "sim/world/world.h"
#include "worldmodel/model/latent_state.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// A film of play as a model sees it, a row for the beginning of each action, with true places.
struct PlayFilm {
  worldmodel::LatentState states;
  at::Tensor actions;  ///< [rows, A]
  at::Tensor places;   ///< [rows, 3 bodies] m, world frame
};

/// Films a scene's [play] for a model to watch, 32 actions at most: a bare scene's film lasts two
/// minutes. One thread, whose GlContext is current.
class PlayFilmer {
 public:
  /// `scene` and `model` outlive it. Throws UserError for a body that the stage does not have.
  PlayFilmer(const std::shared_ptr<const sim::Stage>& stage, const sim::Scene& scene,
             const worldmodel::WorldModel& model, const std::vector<std::string>& bodies);

  /// The same film for the same numbers.
  PlayFilm Shoot(uint64_t seed, uint64_t index);

 private:
  const sim::Scene& scene_;
  int frames_;
  const worldmodel::WorldModel& model_;
  sim::World world_;
  sim::Eye eye_;
  std::vector<int> bodies_;
};

}  // namespace peekaboo::agent
