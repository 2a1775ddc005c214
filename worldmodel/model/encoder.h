#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "worldmodel/kernels/layers.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// One frame -> a grid of patches. Conv 3x3, conv 4x4/2, conv 4x4/2, ReLU after each, then the same
/// linear map for every patch; no normalisation. Borrows the parameters' tensors. `tape` here and
/// in the other parts of a network: where gradients of weights go (layers.h).
class Encoder {
 public:
  static void Declare(const ModelConfig& config, Parameters& parameters);
  Encoder(const ModelConfig& config, const Parameters& parameters);

  /// frames [N, side, side, channels] as a FrameCodec packs them, f32 or bf16 -> [N, P, C] f32.
  at::Tensor Encode(const at::Tensor& frames, GradientTape* tape = nullptr) const;

 private:
  std::vector<ConvolutionLayer> convolutions_;
  Weight patch_weight_, patch_bias_;
};

}  // namespace peekaboo::worldmodel
