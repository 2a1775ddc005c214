#include "worldmodel/model/rollout.h"

#include <ATen/ATen.h>

#include <vector>

#include "base/check.h"

namespace peekaboo::worldmodel {

Imagined Rollout(const Network& network, const LatentState& state, const at::Tensor& actions,
                 at::ScalarType type, GradientTape* tape) {
  PEEKABOO_CHECK(actions.dim() == 3 && actions.size(0) == state.z.size(0) && actions.size(1) > 0);
  std::vector<at::Tensor> z, h;
  const Transition::Prepared transition = network.transition.Prepare(type, tape);
  LatentState now = state;
  for (int64_t step = 0; step < actions.size(1); ++step) {
    now = transition.Step(now, actions.select(1, step), network.memory);
    z.push_back(now.z);
    h.push_back(now.h);
  }
  return {at::stack(z, 1), at::stack(h, 1)};
}

}  // namespace peekaboo::worldmodel
