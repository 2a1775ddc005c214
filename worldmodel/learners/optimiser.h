#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/learners/train_config.h"

namespace peekaboo::worldmodel {

/// AdamW (Loshchilov & Hutter 2019, algorithm 2) with the gradient norm of each ParameterGroup
/// clipped apart: one fused pass over the flat parameter buffer. One thread at a time; uses that
/// thread's compute threads, and gives the same bits for any number of them.
class Optimiser {
 public:
  explicit Optimiser(const Parameters& parameters);

  /// Updates the parameters by `gradient`, [flat size] f32 as the parameters lie, whose norms are
  /// `norms`. `step` counts from 1. If a norm is not finite, nothing is changed.
  void Step(Parameters& parameters, const at::Tensor& gradient, const GradientNorms& norms,
            const TrainConfig& config, double learning_rate, int64_t step);

  /// Decayed mean of the gradients and of their squares, [flat size] f32: what a resumed run needs.
  const at::Tensor& mean() const { return mean_; }
  const at::Tensor& square() const { return square_; }

 private:
  at::Tensor mean_, square_;
};

}  // namespace peekaboo::worldmodel
