#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "worldmodel/model_config.h"
#include "worldmodel/parameters.h"

namespace peekaboo::worldmodel {

/// Norms of the gradients before clipping.
struct GradientNorms {
  double main = 0;
  double variance = 0;
};

/// AdamW (Loshchilov & Hutter 2019, algorithm 2) with the gradient norm of each ParameterGroup
/// clipped apart: one fused pass over the flat parameter buffer. One thread at a time; uses that
/// thread's compute threads, and gives the same bits for any number of them.
class Optimiser {
 public:
  explicit Optimiser(const Parameters& parameters);

  /// Takes the gradients that the parameters have (none counts as zero), updates the parameters and
  /// frees the gradients. `step` counts from 1. If a norm is not finite, nothing is changed.
  GradientNorms Step(Parameters& parameters, const TrainConfig& config, double learning_rate,
                     int64_t step);

  /// Decayed mean of the gradients and of their squares, [flat size] f32: what a resumed run needs.
  const at::Tensor& mean() const { return mean_; }
  const at::Tensor& square() const { return square_; }

 private:
  at::Tensor mean_, square_;
};

}  // namespace peekaboo::worldmodel
