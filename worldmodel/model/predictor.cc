#include "worldmodel/model/predictor.h"

#include <ATen/ATen.h>

#include "worldmodel/kernels/horizon_loss.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/model/prediction_space.h"

namespace peekaboo::worldmodel {

void Predictor::Declare(const ModelConfig& c, Parameters& parameters) {
  const int64_t hidden = c.predictor_hidden, out = PredictionSize(c);
  parameters.DeclareLayer("predictor.0", {hidden, c.memory_size + c.LatentSize()}, kReluGain);
  parameters.DeclareLayer("predictor.1", {hidden, hidden}, kReluGain);
  parameters.DeclareLayer("predictor.2", {c.Horizons() * out, hidden}, kOutputGain);
}

Predictor::Predictor(const ModelConfig&, const Parameters& p) {
  for (int layer = 0; layer < 3; ++layer) {
    const std::string name = "predictor." + std::to_string(layer);
    weight_[layer] = p.Get(name + ".weight");
    bias_[layer] = p.Get(name + ".bias");
  }
}

at::Tensor Predictor::Predict(const at::Tensor& context, GradientTape* tape) const {
  at::Tensor y = Linear(context, weight_[0], bias_[0], /*relu=*/true, tape);
  y = Linear(y, weight_[1], bias_[1], /*relu=*/true, tape);
  return Linear(y, weight_[2], bias_[2], /*relu=*/false, tape);
}

void VarianceHead::Declare(const ModelConfig& c, Parameters& parameters) {
  const int64_t out = VarianceSize(c);
  parameters.DeclareLayer("variance.0", {c.variance_hidden, c.memory_size + c.LatentSize()},
                          kOutputGain, ParameterGroup::kVariance);
  parameters.DeclareLayer("variance.1", {c.Horizons() * out, c.variance_hidden}, kOutputGain,
                          ParameterGroup::kVariance);
}

VarianceHead::VarianceHead(const ModelConfig&, const Parameters& p) {
  for (int layer = 0; layer < 2; ++layer) {
    const std::string name = "variance." + std::to_string(layer);
    weight_[layer] = p.Get(name + ".weight");
    bias_[layer] = p.Get(name + ".bias");
  }
}

at::Tensor VarianceHead::LogVariance(const at::Tensor& context, GradientTape* tape) const {
  const at::Tensor y = Linear(context.detach(), weight_[0], bias_[0], /*relu=*/true, tape);
  return Linear(y, weight_[1], bias_[1], /*relu=*/false, tape);
}

at::Tensor VarianceHead::Variance(const at::Tensor& context) const {
  return LogVariance(context).to(at::kFloat).clamp(kLogVarianceMin, kLogVarianceMax).exp();
}

}  // namespace peekaboo::worldmodel
