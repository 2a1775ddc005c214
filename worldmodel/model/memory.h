#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// What has been seen so far: a gated recurrent unit over latents. Borrows the parameters' tensors.
class Memory {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  Memory(const ModelConfig& config, const Parameters& parameters);

  /// z [B, T, D], f32 or bf16 (the precision of the input's product) -> states [B, T, H] f32, going
  /// on from `state` [B, H] f32 (not defined: from nothing).
  at::Tensor Forward(const at::Tensor& z, const at::Tensor& state = {},
                     GradientTape* tape = nullptr) const;

  /// One step for many rows: z [N, D] f32, `state` [N, H] f32 -> [N, H] f32, both products in
  /// `type`. What Forward gives but for rounding, several times as fast.
  at::Tensor Step(const at::Tensor& z, const at::Tensor& state, at::ScalarType type,
                  GradientTape* tape = nullptr) const;

 private:
  Weight input_weight_, input_bias_;
  Weight state_weight_, state_bias_;
};

}  // namespace peekaboo::worldmodel
