#include "worldmodel/model/pixel_decoder.h"

#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {

void PixelDecoder::Declare(const ModelConfig& c, Parameters& parameters) {
  parameters.DeclareLayer("decoder.code", {c.Patches() * PatchDecoder::kGridChannels, c.pixel_code},
                          kLinearGain);
  PatchDecoder::Declare(c, parameters);
}

PixelDecoder::PixelDecoder(const ModelConfig& c, const Parameters& p)
    : code_weight_(p.Get("decoder.code.weight")),
      code_bias_(p.Get("decoder.code.bias")),
      patch_decoder_(c, p) {}

at::Tensor PixelDecoder::Decode(const at::Tensor& codes, GradientTape* tape) const {
  return patch_decoder_.Paint(Linear(codes, code_weight_, code_bias_, /*relu=*/false, tape), tape);
}

}  // namespace peekaboo::worldmodel
