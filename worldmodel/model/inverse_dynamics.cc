#include "worldmodel/model/inverse_dynamics.h"

#include <ATen/ATen.h>

#include <string>

#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {

void InverseDynamics::Declare(const ModelConfig& c, Parameters& parameters) {
  if (c.action_size == 0) return;
  parameters.DeclareLayer("inverse.0", {c.inverse_hidden, 2 * c.LatentSize()}, kReluGain);
  parameters.DeclareLayer("inverse.1", {c.action_size, c.inverse_hidden}, kOutputGain);
}

InverseDynamics::InverseDynamics(const ModelConfig& c, const Parameters& p) {
  if (c.action_size == 0) return;
  for (int layer = 0; layer < 2; ++layer) {
    const std::string name = "inverse." + std::to_string(layer);
    weight_[layer] = p.Get(name + ".weight");
    bias_[layer] = p.Get(name + ".bias");
  }
}

at::Tensor InverseDynamics::Guess(const at::Tensor& before, const at::Tensor& after,
                                  at::ScalarType type, GradientTape* tape) const {
  const at::Tensor y = Linear(at::cat({before, after - before}, 1).to(type), weight_[0], bias_[0],
                              /*relu=*/true, tape);
  return Linear(y, weight_[1], bias_[1], /*relu=*/false, tape).to(at::kFloat);
}

}  // namespace peekaboo::worldmodel
