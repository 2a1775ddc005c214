#include "worldmodel/model/transition.h"

#include <ATen/ATen.h>

#include "base/check.h"

namespace peekaboo::worldmodel {

void Transition::Declare(const ModelConfig& c, Parameters& parameters) {
  if (c.action_size == 0) return;
  const int64_t hidden = c.transition_hidden;
  parameters.DeclareLayer("transition.near", {hidden, 3, 3, c.patch_channels}, kReluGain);
  parameters.DeclareLayer("transition.context", {hidden, c.memory_size}, kLinearGain);
  // Apart from memory, whose many numbers would drown the few of an action.
  parameters.DeclareLayer("transition.action", {hidden, c.action_size}, kReluGain);
  parameters.DeclareLayer("transition.position", {hidden, c.Patches()}, kOutputGain);
  parameters.DeclareLayer("transition.hidden", {hidden, 3, 3, hidden}, kReluGain);
  parameters.DeclareLayer("transition.out", {c.patch_channels, hidden}, kOutputGain);
}

Transition::Transition(const ModelConfig& c, const Parameters& p) {
  if (c.action_size == 0) return;
  grid_ = c.Grid();
  channels_ = c.patch_channels;
  action_size_ = c.action_size;
  const auto get = [&](const char* layer, Weight* weight, Weight* bias) {
    *weight = p.Get(std::string("transition.") + layer + ".weight");
    *bias = p.Get(std::string("transition.") + layer + ".bias");
  };
  get("near", &near_weight_, &near_bias_);
  get("context", &context_weight_, &context_bias_);
  get("action", &action_weight_, &action_bias_);
  get("position", &position_weight_, &position_bias_);
  get("hidden", &hidden_weight_, &hidden_bias_);
  get("out", &out_weight_, &out_bias_);
}

at::Tensor Transition::Change(const LatentState& state, const at::Tensor& action,
                              at::ScalarType type, GradientTape* tape) const {
  const int64_t rows = state.z.size(0), patches = grid_ * grid_;
  const at::Tensor patch_grid = state.z.view({rows, grid_, grid_, channels_}).to(type);
  const at::Tensor near = Convolution(patch_grid, near_weight_, near_bias_, /*stride=*/1,
                                      /*padding=*/1, /*relu=*/false, tape)
                              .view({rows, patches, -1});
  const at::Tensor context =
      Linear(state.h.to(type), context_weight_, context_bias_, /*relu=*/false, tape) +
      Linear(action.to(type), action_weight_, action_bias_, /*relu=*/false, tape);
  const at::Tensor each = at::eye(patches).to(type);  // eye itself knows no bf16
  const at::Tensor position = Linear(each, position_weight_, position_bias_, /*relu=*/false, tape);
  const at::Tensor y = (near + context.unsqueeze(1) + position).relu();
  const at::Tensor hidden =
      Convolution(y.view({rows, grid_, grid_, -1}), hidden_weight_, hidden_bias_, /*stride=*/1,
                  /*padding=*/1, /*relu=*/true, tape);
  return Linear(hidden.view({rows * patches, -1}), out_weight_, out_bias_, /*relu=*/false, tape)
      .view({rows, -1})
      .to(at::kFloat);
}

LatentState Transition::Step(const LatentState& state, const at::Tensor& action,
                             const Memory& memory, at::ScalarType type, GradientTape* tape) const {
  PEEKABOO_CHECK(exists() && action.size(1) == action_size_ && action.size(0) == state.z.size(0));
  LatentState next;
  next.z = state.z + Change(state, action, type, tape);
  next.h = memory.Step(next.z, state.h, type, tape);
  return next;
}

}  // namespace peekaboo::worldmodel
