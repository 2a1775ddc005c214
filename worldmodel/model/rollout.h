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

/// The same with a transition that was made ready before, for who imagines again and again with
/// weights that do not change.
Imagined Rollout(const Transition::Prepared& transition, const Memory& memory,
                 const LatentState& state, const at::Tensor& actions);

}  // namespace peekaboo::worldmodel
