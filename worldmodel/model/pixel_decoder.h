#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"
#include "worldmodel/model/patch_decoder.h"

namespace peekaboo::worldmodel {

/// Draws predicted frames for the generative baseline: linear onto the grid, painted from there.
/// Borrows the parameters' tensors.
class PixelDecoder {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  PixelDecoder(const ModelConfig& config, const Parameters& parameters);

  /// codes [N, pixel_code], f32 or bf16 -> frames as a FrameCodec packs them, [N, side, side,
  /// channels], of the same type.
  at::Tensor Decode(const at::Tensor& codes, GradientTape* tape = nullptr) const;

 private:
  Weight code_weight_, code_bias_;
  PatchDecoder patch_decoder_;
};

}  // namespace peekaboo::worldmodel
