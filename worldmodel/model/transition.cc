#include "worldmodel/model/transition.h"

#include <ATen/ATen.h>

#include <string>

#include "base/check.h"

namespace peekaboo::worldmodel {

void Transition::Declare(const ModelConfig& c, Parameters& parameters) {
  if (c.action_size == 0) return;
  const int64_t hidden = c.transition_hidden, wide = c.transition_wide;
  parameters.DeclareLayer("transition.near", {hidden, 3, 3, c.patch_channels}, kReluGain);
  parameters.DeclareLayer("transition.context", {hidden, c.memory_size}, kLinearGain);
  // Apart from memory, whose many numbers would drown the few of an action.
  parameters.DeclareLayer("transition.action", {hidden, c.action_size}, kReluGain);
  parameters.DeclareLayer("transition.position", {hidden, c.Patches()}, kOutputGain);
  parameters.DeclareLayer("transition.hidden", {hidden, 3, 3, hidden}, kReluGain);
  parameters.DeclareLayer("transition.out", {c.patch_channels, hidden}, kOutputGain);
  if (wide == 0) return;
  const int64_t state = c.transition_state;
  parameters.DeclareLayer("transition.begin", {wide, 2 * c.LatentSize() + c.memory_size},
                          kReluGain);
  parameters.DeclareLayer("transition.inner", {state, wide}, kLinearGain);
  parameters.DeclareLayer("transition.meet", {wide, state}, kReluGain);
  parameters.DeclareLayer("transition.shove", {wide, c.action_size}, kReluGain);
  parameters.DeclareLayer("transition.move", {state, wide}, kOutputGain);
  parameters.DeclareLayer("transition.seen", {c.LatentSize(), state}, kLinearGain);
  parameters.DeclareLayer("transition.recalled", {c.memory_size, state}, kLinearGain);
}

Transition::Transition(const ModelConfig& c, const Parameters& p) {
  if (c.action_size == 0) return;
  grid_ = c.Grid();
  channels_ = c.patch_channels;
  action_size_ = c.action_size;
  wide_ = c.transition_wide;
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
  if (wide_ == 0) return;
  get("begin", &begin_weight_, &begin_bias_);
  get("inner", &inner_weight_, &inner_bias_);
  get("meet", &meet_weight_, &meet_bias_);
  get("shove", &shove_weight_, &shove_bias_);
  get("move", &move_weight_, &move_bias_);
  get("seen", &seen_weight_, &seen_bias_);
  get("recalled", &recalled_weight_, &recalled_bias_);
}

Transition::Prepared Transition::Prepare(at::ScalarType type, GradientTape* tape,
                                         bool whole) const {
  PEEKABOO_CHECK(exists());
  return {*this, type, tape, whole && wide_ > 0};
}

Transition::Prepared::Prepared(const Transition& transition, at::ScalarType type,
                               GradientTape* tape, bool whole)
    : transition_(transition), type_(type), tape_(tape), whole_(whole) {
  if (whole_) return;
  const Transition& t = transition_;
  near_.emplace(t.near_weight_, t.near_bias_, type);
  hidden_.emplace(t.hidden_weight_, t.hidden_bias_, type);
  const at::Tensor each = at::eye(t.grid_ * t.grid_).to(type);  // eye itself knows no bf16
  position_ =
      Linear(each, t.position_weight_, t.position_bias_, /*relu=*/false, tape).to(at::kFloat);
}

at::Tensor Transition::Prepared::Push(const at::Tensor& actions) const {
  const Transition& t = transition_;
  PEEKABOO_CHECK(actions.dim() == 2 && actions.size(1) == t.action_size_);
  const Weight& weight = whole_ ? t.shove_weight_ : t.action_weight_;
  const Weight& bias = whole_ ? t.shove_bias_ : t.action_bias_;
  return Linear(actions.to(type_), weight, bias, /*relu=*/false, tape_).to(at::kFloat);
}

at::Tensor Transition::Prepared::Locally(const LatentState& state, const at::Tensor& push) const {
  const Transition& t = transition_;
  const int64_t rows = state.z.size(0), patches = t.grid_ * t.grid_;
  const at::Tensor context =
      Linear(state.h.to(type_), t.context_weight_, t.context_bias_, /*relu=*/false, tape_) + push;
  const at::Tensor grid = state.z.view({rows, t.grid_, t.grid_, t.channels_}).to(type_);
  const at::Tensor near = near_->Apply(grid, context, position_, tape_);
  const at::Tensor hidden = hidden_->Apply(near, {}, {}, tape_);
  return Linear(hidden.view({rows * patches, -1}), t.out_weight_, t.out_bias_, /*relu=*/false,
                tape_)
      .view({rows, -1})
      .to(at::kFloat);
}

at::Tensor Transition::Prepared::Begin(const LatentState& state) const {
  const Transition& t = transition_;
  const at::Tensor motion =
      state.before.defined() ? state.z - state.before : at::zeros_like(state.z);
  const at::Tensor known = at::cat({state.z, motion, state.h}, 1).to(type_);
  const at::Tensor wide = Linear(known, t.begin_weight_, t.begin_bias_, /*relu=*/true, tape_);
  return Linear(wide, t.inner_weight_, t.inner_bias_, /*relu=*/false, tape_).to(at::kFloat);
}

LatentState Transition::Prepared::Step(const LatentState& state, const at::Tensor& push,
                                       const Memory& memory) const {
  PEEKABOO_CHECK(push.size(0) == state.z.size(0));
  const Transition& t = transition_;
  LatentState next;
  next.before = state.z;
  if (!whole_) {
    next.z = state.z + Locally(state, push);
    next.h = memory.Step(next.z, state.h, type_, tape_);
    return next;
  }
  const auto map = [&](const at::Tensor& x, const Weight& weight, const Weight& bias) {
    return Linear(x, weight, bias, /*relu=*/false, tape_);
  };
  const at::Tensor inner = state.inner.defined() ? state.inner : Begin(state);
  const at::Tensor met = map(inner.to(type_), t.meet_weight_, t.meet_bias_).to(at::kFloat) + push;
  const at::Tensor change = map(met.relu().to(type_), t.move_weight_, t.move_bias_);
  next.inner = inner + change.to(at::kFloat);
  next.z = state.z + map(change, t.seen_weight_, t.seen_bias_).to(at::kFloat);
  next.h = state.h + map(change, t.recalled_weight_, t.recalled_bias_).to(at::kFloat);
  return next;
}

}  // namespace peekaboo::worldmodel
