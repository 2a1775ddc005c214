#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/learners/anti_collapse.h"
#include "worldmodel/model/model_config.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// Which clip of which step a loss is of.
struct ClipOfStep {
  int64_t step;   ///< steps taken before this one
  int64_t index;  ///< from 0
  int64_t count;  ///< clips of the step
};

/// What one clip adds to the loss of a step. Nothing in it depends on the other clips.
struct ClipLoss {
  at::Tensor total;  ///< the clip's share, weighted, with its graph; undefined where it has none
  std::vector<double> error;  ///< [K] sum of mean squared errors of latents (or pixels)
  std::vector<int> errors;    ///< [K] how many of them
  double variance = 0;        ///< share of the variance head's negative log-likelihood, unweighted
};

/// A JEPA: prediction in latent space + variance head. The anti-collapse term, which needs all
/// clips, is not in it; the objective gives the targets. `forward_output` is of this clip, B = 1.
ClipLoss JepaLoss(const Network& network, const TrainConfig& config, AntiCollapse& objective,
                  const ForwardOutput& forward_output, const ClipOfStep& clip, GradientTape* tape);

/// The generative baseline: squared error of pixels for pairs of frame and horizon drawn from
/// RandomStream(seed, "pixel_pairs", step * count + index) + variance head. frames [1, T, side,
/// side, channels].
ClipLoss PixelLoss(const Network& network, const TrainConfig& config, const at::Tensor& frames,
                   const ForwardOutput& forward_output, const ClipOfStep& clip, GradientTape* tape);

}  // namespace peekaboo::worldmodel
