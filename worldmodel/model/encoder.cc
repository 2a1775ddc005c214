#include "worldmodel/model/encoder.h"

#include <ATen/ATen.h>

#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {

void Encoder::Declare(const ModelConfig& c, Parameters& parameters) {
  const std::vector<int>& w = c.encoder_widths;
  parameters.DeclareLayer("encoder.stem", {w[0], 3, 3, c.StemChannels()}, kReluGain);
  parameters.DeclareLayer("encoder.middle", {w[1], 4, 4, w[0]}, kReluGain);
  parameters.DeclareLayer("encoder.top", {w[2], 4, 4, w[1]}, kReluGain);
  parameters.DeclareLayer("encoder.patch", {c.patch_channels, w[2]}, kLinearGain);
}

Encoder::Encoder(const ModelConfig&, const Parameters& p)
    : patch_weight_(p.Get("encoder.patch.weight")), patch_bias_(p.Get("encoder.patch.bias")) {
  const auto add = [&](const std::string& name, int64_t stride) {
    convolutions_.push_back(
        {p.Get(name + ".weight"), p.Get(name + ".bias"), stride, /*padding=*/1, /*relu=*/true});
  };
  add("encoder.stem", 1);
  add("encoder.middle", 2);
  add("encoder.top", 2);
}

at::Tensor Encoder::Encode(const at::Tensor& frames, GradientTape* tape) const {
  const at::Tensor y = Convolutions(frames, convolutions_, tape);
  const int64_t patches = y.size(1) * y.size(2);
  const at::Tensor z =
      Linear(y.view({-1, y.size(3)}), patch_weight_, patch_bias_, /*relu=*/false, tape);
  return z.view({frames.size(0), patches, -1}).to(at::kFloat);
}

}  // namespace peekaboo::worldmodel
