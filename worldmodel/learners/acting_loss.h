#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// What a clip in which a body acted adds to the loss. Means, unweighted.
struct ActingLoss {
  at::Tensor rollout;  ///< squared error of imagined latents, over starts and steps
  at::Tensor inverse;  ///< squared error of guessed actions; not defined: weight 0
  /// As rollout, by the transition's perceptrons, and the squared error of memories; not defined:
  /// weight 0.
  at::Tensor whole;
  at::Tensor straight;  ///< 1 - cos of latent velocities in turn; not defined: weight 0
  at::Tensor total;     ///< weighted sum
};

/// `forward`: the pass over one clip, B = 1; `actions` [T, A] f32, the action of each frame, the
/// last one's unused; actions are held for `action_repeat` frames, from the clip's first one on.
///
/// From every action's first frame that has `rollout_steps` actions after it the model imagines
/// what these lead to, and is compared with what was seen:
///     mean_k |z~_{t + k r} - z_{t + k r}|^2, z~ from Rollout, r = action_repeat.
/// The transition's convolutions imagine it, and their error shapes the latents; its perceptrons
/// may learn the same from one start in four, on latents as they are.
/// Straightening (arXiv 2603.12231): 1 - cos(z_{t+r} - z_t, sg(z_{t+2r} - z_{t+r})), so that the
/// distance of latents becomes the length of the way between them.
ActingLoss ComputeActingLoss(const Network& network, const ForwardOutput& forward,
                             const at::Tensor& actions, const ActingConfig& config,
                             at::ScalarType type, GradientTape* tape = nullptr);

}  // namespace peekaboo::worldmodel
