#include "worldmodel/model/transition.h"

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/layers.h"

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
    : transition_(transition), type_(type), tape_(tape) {
  const Transition& t = transition_;
  if (whole) {
    whole_.emplace(Whole{{t.meet_weight_, t.meet_bias_, type},
                         {t.move_weight_, t.move_bias_, type},
                         {t.seen_weight_, t.seen_bias_, type},
                         {t.recalled_weight_, t.recalled_bias_, type}});
    return;
  }
  const at::Tensor each = at::eye(t.grid_ * t.grid_).to(type);  // eye itself knows no bf16
  local_.emplace(Local{
      {t.near_weight_, t.near_bias_, type},
      {t.hidden_weight_, t.hidden_bias_, type},
      Linear(each, t.position_weight_, t.position_bias_, /*relu=*/false, tape).to(at::kFloat)});
}

Imagined Transition::Prepared::Imagine(const LatentState& state, const at::Tensor& actions,
                                       const Memory& memory) const {
  PEEKABOO_CHECK(actions.dim() == 3 && actions.size(1) > 0 &&
                 actions.size(2) == transition_.action_size_);
  PEEKABOO_CHECK(state.z.size(0) == actions.size(0) || state.z.size(0) == 1);
  return whole_ ? Wholly(state, actions) : Locally(state, actions, memory);
}

at::Tensor Transition::Prepared::Change(const at::Tensor& z, const at::Tensor& h,
                                        const at::Tensor& push) const {
  const Transition& t = transition_;
  const int64_t rows = z.size(0), patches = t.grid_ * t.grid_;
  const at::Tensor context =
      Linear(h.to(type_), t.context_weight_, t.context_bias_, /*relu=*/false, tape_) + push;
  const at::Tensor grid = z.view({rows, t.grid_, t.grid_, t.channels_}).to(type_);
  const at::Tensor near = local_->near.Apply(grid, context, local_->position, tape_);
  const at::Tensor hidden = local_->hidden.Apply(near, {}, {}, tape_);
  return Linear(hidden.view({rows * patches, -1}), t.out_weight_, t.out_bias_, /*relu=*/false,
                tape_)
      .view({rows, -1})
      .to(at::kFloat);
}

Imagined Transition::Prepared::Locally(const LatentState& state, const at::Tensor& actions,
                                       const Memory& memory) const {
  const Transition& t = transition_;
  const int64_t rows = actions.size(0), length = actions.size(1);
  const at::Tensor pushes = Linear(actions.flatten(0, 1).to(type_), t.action_weight_,
                                   t.action_bias_, /*relu=*/false, tape_)
                                .to(at::kFloat)
                                .view({rows, length, -1});
  at::Tensor z = state.z.expand({rows, -1}).contiguous();
  at::Tensor h = state.h.expand({rows, -1}).contiguous();
  std::vector<at::Tensor> seen, remembered;
  for (int64_t step = 0; step < length; ++step) {
    z = z + Change(z, h, pushes.select(1, step));
    h = memory.Step(z, h, type_, tape_);
    seen.push_back(z);
    remembered.push_back(h);
  }
  return {at::stack(seen, 1), at::stack(remembered, 1)};
}

at::Tensor Transition::Prepared::Begin(const LatentState& state) const {
  const Transition& t = transition_;
  const at::Tensor motion =
      state.before.defined() ? state.z - state.before : at::zeros_like(state.z);
  const at::Tensor known = at::cat({state.z, motion, state.h}, 1).to(type_);
  const at::Tensor wide = Linear(known, t.begin_weight_, t.begin_bias_, /*relu=*/true, tape_);
  return Linear(wide, t.inner_weight_, t.inner_bias_, /*relu=*/false, tape_).to(at::kFloat);
}

Imagined Transition::Prepared::Wholly(const LatentState& state, const at::Tensor& actions) const {
  const Transition& t = transition_;
  const int64_t rows = actions.size(0), length = actions.size(1);
  const at::Tensor pushes = Linear(actions.transpose(0, 1).flatten(0, 1).to(type_), t.shove_weight_,
                                   t.shove_bias_, /*relu=*/false, tape_)
                                .to(at::kFloat)
                                .view({length, rows, -1});
  std::vector<at::Tensor> inner = {Begin(state)};
  for (int64_t step = 0; step < length; ++step) {
    const at::Tensor s = inner.back().to(type_);
    // Where all begin alike, once is enough.
    const at::Tensor met =
        s.size(0) == rows
            ? whole_->meet.Apply(s, pushes[step], /*relu=*/true, tape_)
            : (whole_->meet.Apply(s, {}, /*relu=*/false, tape_) + pushes[step]).relu().to(type_);
    inner.push_back(
        whole_->move.Apply(met, inner.back().expand({rows, -1}), /*relu=*/false, tape_));
  }
  inner.front() = inner.front().expand({rows, -1});
  const at::Tensor path = at::stack(inner, 1);  // [N, 1 + L, S]
  const at::Tensor change = (path.slice(1, 1) - path.slice(1, 0, -1)).to(type_).flatten(0, 1);
  const auto follow = [&](const at::Tensor& from, const PackedLinear& map) {
    return from.unsqueeze(1) +
           map.Apply(change, {}, /*relu=*/false, tape_).view({rows, length, -1}).cumsum(1);
  };
  return {follow(state.z, whole_->seen), follow(state.h, whole_->recalled)};
}

}  // namespace peekaboo::worldmodel
