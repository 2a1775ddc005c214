#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/mind/model_dynamics.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"

namespace peekaboo::agent {

/// Where bodies are, read by a straight line from latents and memory, of what is seen or imagined:
/// for guardrails and for costs that a task states in metres. Memory knows of what is hidden. It is
/// told true places of films of the scene's play, made for it (what it is told of, the world model
/// is not). Immutable; any number of threads.
class PlaceReadout {
 public:
  struct Options {
    int64_t films = 128;
    bool memory = true;  ///< false: latents alone, to see what memory is worth
    int steps = 8;       ///< actions that are imagined: it must hold for what planners look at
    uint64_t seed = 0;
  };

  /// Films the scene and fits: some seconds. `scene` has a [play] that acts. The calling thread's
  /// GlContext is current. Throws UserError for a body that the stage does not have.
  static PlaceReadout Fit(const std::shared_ptr<const sim::Stage>& stage, const sim::Scene& scene,
                          const ModelDynamics& dynamics, const std::vector<std::string>& bodies,
                          const Options& options);

  /// Of B bodies: a place is (z, h) weight + bias, weight [D + H, 3 B], or [D, 3 B] without memory,
  /// bias [3 B], f32.
  PlaceReadout(at::Tensor weight, at::Tensor bias);

  /// Places of body `index` of those that it was fitted for, [N, 3] m, world frame. Differentiable.
  at::Tensor Read(const worldmodel::LatentState& state, int64_t index) const;

  /// m, root mean square of the distance of what is read from what is true, on films that Fit held
  /// out, for what was seen (0) and what was imagined that many actions ahead.
  const std::vector<double>& errors(int64_t index) const { return errors_[index]; }

 private:
  at::Tensor weight_;                        // [D (+ H), 3 bodies] f32
  at::Tensor bias_;                          // [3 bodies]
  std::vector<std::vector<double>> errors_;  // [bodies][1 + steps]
};

}  // namespace peekaboo::agent
