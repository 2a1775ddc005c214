#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/model/latent_state.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// Imagines: `actions` [N, L, A] f32, each in [-1, 1], one after the other from `state` [N] on. The
/// same code in training, planning and what-if. Differentiable in `state`, `actions` and the
/// weights; where nothing requires a gradient, or grad mode is off, no graph is kept. `type`: the
/// products' precision. Any thread.
Imagined Rollout(const Network& network, const LatentState& state, const at::Tensor& actions,
                 at::ScalarType type, GradientTape* tape = nullptr);

}  // namespace peekaboo::worldmodel
