#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// From what is remembered and what is seen now to what comes: a perceptron with two hidden layers
/// that predicts every horizon directly. Borrows the parameters' tensors.
class Predictor {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  Predictor(const ModelConfig& config, const Parameters& parameters);

  /// context [N, H + D] (memory state, then latent), f32 or bf16 -> [N, K * PredictionSize] of the
  /// same type.
  at::Tensor Predict(const at::Tensor& context, GradientTape* tape = nullptr) const;

 private:
  Weight weight_[3], bias_[3];
};

/// How wrong each prediction is expected to be, learned from the errors of the predictor without
/// any gradient into it.
class VarianceHead {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  VarianceHead(const ModelConfig& config, const Parameters& parameters);

  /// context as the predictor's -> logarithms of variances [N, K * VarianceSize].
  at::Tensor LogVariance(const at::Tensor& context, GradientTape* tape = nullptr) const;
  /// The variances themselves, f32, within what training allows.
  at::Tensor Variance(const at::Tensor& context) const;

 private:
  Weight weight_[2], bias_[2];
};

}  // namespace peekaboo::worldmodel
