#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// Which action led from one latent to the next: a perceptron with one hidden layer, whose error
/// makes latents hold what actions change (Pathak et al. 2017; in JEPAs Sobal et al. 2025, PLDM).
/// Used in training alone. Borrows the parameters' tensors.
class InverseDynamics {
 public:
  /// Nothing for a model without actions.
  static void Declare(const ModelConfig& config, Parameters& parameters);
  InverseDynamics(const ModelConfig& config, const Parameters& parameters);

  /// before, after [N, D] f32 -> actions [N, A] f32; `type`: the products' precision.
  at::Tensor Guess(const at::Tensor& before, const at::Tensor& after, at::ScalarType type,
                   GradientTape* tape = nullptr) const;

 private:
  Weight weight_[2], bias_[2];
};

}  // namespace peekaboo::worldmodel
