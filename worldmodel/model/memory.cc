#include "worldmodel/model/memory.h"

#include <ATen/ATen.h>

#include <cmath>

#include "worldmodel/kernels/gru.h"
#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {

void Memory::Declare(const ModelConfig& c, Parameters& parameters) {
  const int64_t h = c.memory_size;
  const double bound = 1.0 / std::sqrt(static_cast<double>(h));
  parameters.Declare("memory.input.weight", {3 * h, c.LatentSize()}, bound);
  parameters.Declare("memory.input.bias", {3 * h}, bound);
  parameters.Declare("memory.state.weight", {3 * h, h}, bound);
  parameters.Declare("memory.state.bias", {3 * h}, bound);
}

Memory::Memory(const ModelConfig&, const Parameters& p)
    : input_weight_(p.Get("memory.input.weight")),
      input_bias_(p.Get("memory.input.bias")),
      state_weight_(p.Get("memory.state.weight")),
      state_bias_(p.Get("memory.state.bias")) {}

at::Tensor Memory::Forward(const at::Tensor& z, const at::Tensor& state, GradientTape* tape) const {
  const at::Tensor gates =
      Linear(z.flatten(0, 1), input_weight_, input_bias_, /*relu=*/false, tape);
  return GruStates(gates.to(at::kFloat).view({z.size(0), z.size(1), -1}), state_weight_,
                   state_bias_, state, tape);
}

at::Tensor Memory::Step(const at::Tensor& z, const at::Tensor& state, at::ScalarType type,
                        GradientTape* tape) const {
  const at::Tensor gates = Linear(z.to(type), input_weight_, input_bias_, /*relu=*/false, tape);
  const at::Tensor share = Linear(state.to(type), state_weight_, state_bias_, /*relu=*/false, tape);
  return GruStep(gates.to(at::kFloat), share.to(at::kFloat), state);
}

}  // namespace peekaboo::worldmodel
