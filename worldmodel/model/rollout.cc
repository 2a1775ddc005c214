#include "worldmodel/model/rollout.h"

#include <ATen/ATen.h>

#include <vector>

#include "base/check.h"

namespace peekaboo::worldmodel {

Imagined Rollout(const Network& network, const LatentState& state, const at::Tensor& actions,
                 at::ScalarType type, GradientTape* tape) {
  return Rollout(network.transition.Prepare(type, tape), network.memory, state, actions);
}

Imagined Rollout(const Transition::Prepared& transition, const Memory& memory,
                 const LatentState& state, const at::Tensor& actions) {
  PEEKABOO_CHECK(actions.dim() == 3 && actions.size(0) == state.z.size(0) && actions.size(1) > 0);
  std::vector<at::Tensor> z, h;
  const at::Tensor pushes =
      transition.Push(actions.flatten(0, 1)).view({actions.size(0), actions.size(1), -1});
  LatentState now = state;
  for (int64_t step = 0; step < actions.size(1); ++step) {
    now = transition.Step(now, pushes.select(1, step), memory);
    z.push_back(now.z);
    h.push_back(now.h);
  }
  return {at::stack(z, 1), at::stack(h, 1)};
}

}  // namespace peekaboo::worldmodel
