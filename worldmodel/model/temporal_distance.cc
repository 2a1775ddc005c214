#include "worldmodel/model/temporal_distance.h"

#include <ATen/ATen.h>

#include <string>

#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {
namespace {

constexpr double kLeastSquare = 1e-6;  // below this a distance has no direction

}  // namespace

void TemporalDistance::Declare(const ModelConfig& c, Parameters& parameters) {
  if (c.action_size == 0) return;
  const int64_t hidden = c.distance_hidden;
  parameters.DeclareLayer("distance.0", {hidden, c.LatentSize()}, kReluGain);
  parameters.DeclareLayer("distance.1", {hidden, hidden}, kReluGain);
  parameters.DeclareLayer("distance.2", {c.distance_size, hidden}, kLinearGain);
}

TemporalDistance::TemporalDistance(const ModelConfig& c, const Parameters& p) {
  if (c.action_size == 0) return;
  for (int layer = 0; layer < kLayers; ++layer) {
    const std::string name = "distance." + std::to_string(layer);
    weight_[layer] = p.Get(name + ".weight");
    bias_[layer] = p.Get(name + ".bias");
  }
}

at::Tensor TemporalDistance::Embed(const at::Tensor& z, at::ScalarType type,
                                   GradientTape* tape) const {
  at::Tensor y = z.to(type);
  for (int layer = 0; layer + 1 < kLayers; ++layer)
    y = Linear(y, weight_[layer], bias_[layer], /*relu=*/true, tape);
  return Linear(y, weight_[kLayers - 1], bias_[kLayers - 1], /*relu=*/false, tape).to(at::kFloat);
}

at::Tensor EmbeddingDistance(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).square().sum(-1) + kLeastSquare).sqrt();
}

}  // namespace peekaboo::worldmodel
