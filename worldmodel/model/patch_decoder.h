#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// From a grid of patches to a picture: convolutions 3x3 with pixel-shuffle (Shi et al. 2016) up to
/// the unshuffled frame. Borrows the parameters' tensors; internal to worldmodel.
class PatchDecoder {
 public:
  static constexpr int64_t kGridChannels = 128;  ///< numbers that a patch is painted from

  /// Parameters "decoder.0" to "decoder.2".
  static void Declare(const ModelConfig& config, Parameters& parameters);
  PatchDecoder(const ModelConfig& config, const Parameters& parameters);

  /// patches [N, P * kGridChannels], f32 or bf16 -> frames as a FrameCodec packs them, [N, side,
  /// side, channels], of the same type.
  at::Tensor Paint(const at::Tensor& patches, GradientTape* tape = nullptr) const;

 private:
  int64_t grid_;
  Weight weight_[3], bias_[3];
};

}  // namespace peekaboo::worldmodel
