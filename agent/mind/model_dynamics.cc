#include "agent/mind/model_dynamics.h"

#include <ATen/ATen.h>

#include <vector>

#include "base/error.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/model/network.h"

namespace peekaboo::agent {

struct ModelDynamics::Prepared {
  worldmodel::Transition::Prepared transition;
};

ModelDynamics::ModelDynamics(const worldmodel::WorldModel& model) : model_(model.Clone()) {
  if (model.config().action_size == 0)
    throw UserError("model", "has learned no actions: train it on films in which a body acts");
  for (const auto& entry : model_.network().parameters.entries())
    entry.weight.value.set_requires_grad(false);
  const at::AutoGradMode gradients(true);  // of states and actions, for who asks later
  prepared_ = std::make_unique<const Prepared>(Prepared{model_.network().transition.Prepare(
      worldmodel::ToScalarType(model_.config().ProductPrecision()))});
}

ModelDynamics::~ModelDynamics() = default;

int64_t ModelDynamics::action_size() const { return model_.config().action_size; }

worldmodel::Imagined ModelDynamics::Rollout(const worldmodel::LatentState& state,
                                            const at::Tensor& actions) const {
  return prepared_->transition.Imagine(state, actions, model_.network().memory);
}

at::Tensor ModelDynamics::Embed(const at::Tensor& z) const {
  return model_.network().distance.Embed(
      z, worldmodel::ToScalarType(model_.config().ProductPrecision()));
}

worldmodel::LatentState ToLatentState(const worldmodel::FrameState& state,
                                      const worldmodel::FrameState* before) {
  const auto row = [](const std::vector<float>& numbers) {
    return at::tensor(numbers).unsqueeze(0);
  };
  return {row(state.z), row(state.h), before ? row(before->z) : at::Tensor()};
}

}  // namespace peekaboo::agent
