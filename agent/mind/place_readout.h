#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/mind/model_dynamics.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "worldmodel/readout/mlp_probe.h"

namespace peekaboo::agent {

/// Where bodies are, read by a perceptron from latents and memory, of what is seen or imagined: for
/// guardrails and for costs that a task states in metres. Memory knows of what is hidden. It is
/// told true places of films of the scene's play, made for it (what it is told of, the world model
/// is not). Immutable; any number of threads.
class PlaceReadout {
 public:
  struct Options {
    int64_t films = 512;  ///< two or more; one of eight is held out
    bool memory = true;   ///< false: latents alone, to see what memory is worth
    int steps = 8;        ///< actions that are imagined: it must hold for what planners look at
    int64_t learning_steps = 2000;
    uint64_t seed = 0;
    int threads = 1;  ///< that film, each with a GlContext of its own
  };

  /// Films the scene and fits: some ten seconds. `scene` has a [play] that acts. The same arguments
  /// give the same bits for any number of threads. Throws UserError for a body that the stage does
  /// not have.
  static PlaceReadout Fit(const std::shared_ptr<const sim::Stage>& stage, const sim::Scene& scene,
                          const ModelDynamics& dynamics, const std::vector<std::string>& bodies,
                          const Options& options);

  /// Of B bodies: `probe` reads 3 B numbers from D + H, or from D without memory.
  explicit PlaceReadout(worldmodel::MlpProbe probe);

  /// Places of body `index` of those that it was fitted for, [N, 3] m, world frame. Differentiable.
  at::Tensor Read(const worldmodel::LatentState& state, int64_t index) const;

  /// m, root mean square of the distance of what is read from what is true, on films that Fit held
  /// out, for what was seen (0) and what was imagined that many actions ahead.
  const std::vector<double>& errors(int64_t index) const { return errors_[index]; }

 private:
  worldmodel::MlpProbe probe_;
  std::vector<std::vector<double>> errors_;  // [bodies][1 + steps]
};

}  // namespace peekaboo::agent
