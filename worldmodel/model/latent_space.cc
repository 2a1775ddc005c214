// Predictions are latents [N, D] (LeCun 2022, "A path towards autonomous machine intelligence"),
// with a variance for every number.

#include <ATen/ATen.h>

#include "worldmodel/model/prediction_space.h"

namespace peekaboo::worldmodel {
namespace {

class LatentSpace : public PredictionSpace {
 public:
  explicit LatentSpace(const ModelConfig& config) : patches_(config.Patches()) {}

  at::Tensor Target(const at::Tensor&, const at::Tensor& z) const override { return z; }

  Deviation Error(const at::Tensor& predicted, const at::Tensor& variance,
                  const at::Tensor& target) const override {
    const at::Tensor squared = (predicted.to(at::kFloat) - target).square();
    Deviation deviation;
    deviation.by_patch = squared.view({squared.size(0), patches_, -1}).mean(2).contiguous();
    deviation.error = squared.flatten(1).mean(1).contiguous();
    deviation.normalised_error = (squared / variance).mean(1).contiguous();
    return deviation;
  }

 private:
  int64_t patches_;
};

}  // namespace

const PredictionSpaceType kLatentSpace = {
    [](const ModelConfig& config) { return int64_t{config.LatentSize()}; },
    [](const ModelConfig& config) { return int64_t{config.LatentSize()}; },
    [](const ModelConfig&, Parameters&) {},
    [](const ModelConfig& config, const Parameters&) -> std::unique_ptr<PredictionSpace> {
      return std::make_unique<LatentSpace>(config);
    },
};

}  // namespace peekaboo::worldmodel
