#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "worldmodel/model_config.h"
#include "worldmodel/network.h"
#include "worldmodel/objectives/anti_collapse.h"

namespace peekaboo::worldmodel {

/// The loss of one step and what it is made of.
struct LossTerms {
  at::Tensor total;       ///< one number, with its graph
  double prediction = 0;  ///< mean squared error of latents (or pixels), mean over horizons
  std::vector<double> by_horizon;  ///< the same, each horizon; NaN where a pixel model drew no pair
  double anti_collapse = 0;        ///< unweighted; 0 for a pixel model
  double variance = 0;             ///< negative log-likelihood of the variance head, unweighted
  at::Tensor z;                    ///< [B, T, D] f32, detached
};

/// A JEPA: prediction in latent space + anti-collapse + variance head.
LossTerms JepaLoss(const Network& network, const TrainConfig& config, AntiCollapse& objective,
                   const at::Tensor& frames, int64_t step);

/// The generative baseline: squared error of pixels for pairs of frame and horizon drawn from
/// RandomStream(seed, "pixel_pairs", step) + variance head.
LossTerms PixelLoss(const Network& network, const TrainConfig& config, const at::Tensor& frames,
                    int64_t step);

}  // namespace peekaboo::worldmodel
