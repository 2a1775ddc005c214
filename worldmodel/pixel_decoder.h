#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/model_config.h"
#include "worldmodel/parameters.h"

namespace peekaboo::worldmodel {

/// Draws predicted frames for the generative baseline: linear onto the grid, then convolutions 3x3
/// with pixel-shuffle (Shi et al. 2016) up to the unshuffled frame. Borrows the parameters'
/// tensors.
class PixelDecoder {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  PixelDecoder(const ModelConfig& config, const Parameters& parameters);

  /// codes [N, pixel_code], f32 or bf16 -> frames as a FrameCodec packs them, [N, side, side,
  /// channels], of the same type.
  at::Tensor Decode(const at::Tensor& codes) const;

 private:
  int64_t grid_;
  Weight code_weight_, code_bias_;
  Weight weight_[3], bias_[3];
};

}  // namespace peekaboo::worldmodel
