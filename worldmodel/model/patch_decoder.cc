#include "worldmodel/model/patch_decoder.h"

#include <ATen/ATen.h>

#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kChannels = 64;  // after each pixel-shuffle

// [N, s, s, 4 C] -> [N, 2 s, 2 s, C]
at::Tensor PixelShuffle(const at::Tensor& x) {
  const int64_t side = x.size(1), channels = x.size(3) / 4;
  return x.view({-1, side, side, 2, 2, channels})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({-1, 2 * side, 2 * side, channels});
}

}  // namespace

void PatchDecoder::Declare(const ModelConfig& c, Parameters& parameters) {
  parameters.DeclareLayer("decoder.0", {4 * kChannels, 3, 3, kGridChannels}, kReluGain);
  parameters.DeclareLayer("decoder.1", {4 * kChannels, 3, 3, kChannels}, kReluGain);
  parameters.DeclareLayer("decoder.2", {c.StemChannels(), 3, 3, kChannels}, kOutputGain);
}

PatchDecoder::PatchDecoder(const ModelConfig& c, const Parameters& p) : grid_(c.Grid()) {
  for (int layer = 0; layer < 3; ++layer) {
    const std::string name = "decoder." + std::to_string(layer);
    weight_[layer] = p.Get(name + ".weight");
    bias_[layer] = p.Get(name + ".bias");
  }
}

at::Tensor PatchDecoder::Paint(const at::Tensor& patches, GradientTape* tape) const {
  at::Tensor y = patches.view({-1, grid_, grid_, kGridChannels});
  y = PixelShuffle(Convolution(y, weight_[0], bias_[0], 1, 1, /*relu=*/true, tape));
  y = PixelShuffle(Convolution(y, weight_[1], bias_[1], 1, 1, /*relu=*/true, tape));
  return Convolution(y, weight_[2], bias_[2], 1, 1, /*relu=*/false, tape);
}

}  // namespace peekaboo::worldmodel
