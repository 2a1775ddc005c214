#include "worldmodel/model/surprise.h"

#include <ATen/ATen.h>

#include "worldmodel/kernels/horizon_loss.h"

namespace peekaboo::worldmodel {
namespace {

// Means over each patch: [N, D] of a latent, or [N, side, side, channels] of a frame -> [N, P].
at::Tensor PatchMeans(const ModelConfig& model, const at::Tensor& x) {
  if (!model.IsPixel()) return x.view({x.size(0), model.Patches(), -1}).mean(2);
  const int64_t grid = model.Grid(), block = model.StemSize() / grid;
  return x.view({x.size(0), grid, block, grid, block, -1})
      .mean(at::IntArrayRef{2, 4, 5})
      .view({x.size(0), model.Patches()});
}

}  // namespace

Deviation PredictionError(const Network& network, const at::Tensor& predicted,
                          const at::Tensor& variance, const at::Tensor& target) {
  const bool pixel = network.config.IsPixel();
  const at::Tensor picture = pixel ? network.decoder->Decode(predicted) : predicted;
  const at::Tensor squared =
      (picture.to(at::kFloat) - (pixel ? target.to(at::kFloat) : target)).square();
  Deviation deviation;
  deviation.by_patch = PatchMeans(network.config, squared).contiguous();
  deviation.error = squared.flatten(1).mean(1).contiguous();
  deviation.normalised_error = pixel ? (deviation.error / variance.squeeze(1)).contiguous()
                                     : (squared / variance).mean(1).contiguous();
  return deviation;
}

at::Tensor ExpectedVariance(const Network& network, const at::Tensor& context) {
  return network.variance.LogVariance(context)
      .to(at::kFloat)
      .clamp(kLogVarianceMin, kLogVarianceMax)
      .exp();
}

}  // namespace peekaboo::worldmodel
