#include "worldmodel/encoder.h"

#include <ATen/ATen.h>

#include "worldmodel/layers.h"

namespace peekaboo::worldmodel {

void Encoder::Declare(const ModelConfig& c, Parameters& parameters) {
  const std::vector<int>& w = c.encoder_widths;
  parameters.DeclareLayer("encoder.stem", {w[0], 3, 3, c.StemChannels()}, kReluGain);
  parameters.DeclareLayer("encoder.middle", {w[1], 4, 4, w[0]}, kReluGain);
  parameters.DeclareLayer("encoder.top", {w[2], 4, 4, w[1]}, kReluGain);
  parameters.DeclareLayer("encoder.patch", {c.patch_channels, w[2]}, kLinearGain);
}

Encoder::Encoder(const ModelConfig&, const Parameters& p)
    : stem_weight_(p.Get("encoder.stem.weight")),
      stem_bias_(p.Get("encoder.stem.bias")),
      middle_weight_(p.Get("encoder.middle.weight")),
      middle_bias_(p.Get("encoder.middle.bias")),
      top_weight_(p.Get("encoder.top.weight")),
      top_bias_(p.Get("encoder.top.bias")),
      patch_weight_(p.Get("encoder.patch.weight")),
      patch_bias_(p.Get("encoder.patch.bias")) {}

at::Tensor Encoder::Encode(const at::Tensor& frames) const {
  at::Tensor y = Convolution(frames, stem_weight_, stem_bias_, 1, 1, /*relu=*/true);
  y = Convolution(y, middle_weight_, middle_bias_, 2, 1, /*relu=*/true);
  y = Convolution(y, top_weight_, top_bias_, 2, 1, /*relu=*/true);
  const int64_t patches = y.size(1) * y.size(2);
  const at::Tensor z = Linear(y.view({-1, y.size(3)}), patch_weight_, patch_bias_, /*relu=*/false);
  return z.view({frames.size(0), patches, -1}).to(at::kFloat);
}

}  // namespace peekaboo::worldmodel
