#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/model_config.h"
#include "worldmodel/parameters.h"

namespace peekaboo::worldmodel {

/// One frame -> a grid of patches. Conv 3x3, conv 4x4/2, conv 4x4/2, ReLU after each, then the same
/// linear map for every patch; no normalisation. Borrows the parameters' tensors.
class Encoder {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  Encoder(const ModelConfig& config, const Parameters& parameters);

  /// frames [N, side, side, channels] as a FrameCodec packs them, f32 or bf16 -> [N, P, C] f32.
  at::Tensor Encode(const at::Tensor& frames) const;

 private:
  Weight stem_weight_, stem_bias_;
  Weight middle_weight_, middle_bias_;
  Weight top_weight_, top_bias_;
  Weight patch_weight_, patch_bias_;
};

}  // namespace peekaboo::worldmodel
