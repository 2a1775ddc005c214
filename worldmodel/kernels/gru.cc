#include "worldmodel/kernels/gru.h"

#include <torch/torch.h>

#include <algorithm>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/simd.h"
#include "worldmodel/kernels/taped_weights.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// One step of one clip. `x`: the input's share [3H], `s`: W h + b [3H]; `kept` [4H] is what the way
// back needs: r, u, n and W_n h + b_n.
PEEKABOO_SIMD void StepForward(const float* __restrict x, const float* __restrict s,
                               const float* __restrict state, float* __restrict kept,
                               float* __restrict next, int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    const float r = Sigmoid(x[i] + s[i]);
    const float u = Sigmoid(x[size + i] + s[size + i]);
    const float recurrent = s[2 * size + i];
    const float n = Tanh(x[2 * size + i] + r * recurrent);
    kept[i] = r;
    kept[size + i] = u;
    kept[2 * size + i] = n;
    kept[3 * size + i] = recurrent;
    next[i] = n + u * (state[i] - n);
  }
}

// `g`: gradient of the next state [H], all of it. Writes the gradients of the input's share and of
// W h + b, and into `past` what reaches the previous state past W.
PEEKABOO_SIMD void StepBackward(const float* __restrict g, const float* __restrict kept,
                                const float* __restrict state, float* __restrict x_gradient,
                                float* __restrict s_gradient, float* __restrict past,
                                int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    const float r = kept[i], u = kept[size + i], n = kept[2 * size + i];
    const float in_n = g[i] * (1.0f - u) * (1.0f - n * n);
    const float in_u = g[i] * (state[i] - n) * u * (1.0f - u);
    const float in_r = in_n * kept[3 * size + i] * r * (1.0f - r);
    x_gradient[i] = in_r;
    x_gradient[size + i] = in_u;
    x_gradient[2 * size + i] = in_n;
    s_gradient[i] = in_r;
    s_gradient[size + i] = in_u;
    s_gradient[2 * size + i] = in_n * r;
    past[i] = g[i] * u;
  }
}

PEEKABOO_SIMD void Sum(const float* __restrict a, const float* __restrict b, float* __restrict sum,
                       int64_t size) {
  for (int64_t i = 0; i < size; ++i) sum[i] = a[i] + b[i];
}

float* Row(const at::Tensor& x, int64_t row) {
  return x.data_ptr<float>() + row * (x.numel() / x.size(0));
}

// One clip after another, so that a clip's numbers do not depend on its neighbours.
class GruFunction : public torch::autograd::Function<GruFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& gates,
                            const at::Tensor& weight, const at::Tensor& bias,
                            const at::Tensor& begin, int weight_index, int bias_index,
                            GradientTape* tape) {
    const int64_t clips = gates.size(0), steps = gates.size(1), size = weight.size(1);
    const at::Tensor states = at::empty({clips, steps + 1, size}, at::kFloat);  // [b, 0]: before
    const at::Tensor kept = at::empty({clips, steps, 4 * size}, at::kFloat);
    const at::Tensor share = at::empty({3 * size}, at::kFloat);
    for (int64_t b = 0; b < clips; ++b) {
      float* state = Row(states, b);
      std::copy_n(begin.data_ptr<float>() + b * size, size, state);
      for (int64_t t = 0; t < steps; ++t, state += size) {
        std::copy_n(bias.data_ptr<float>(), 3 * size, share.data_ptr<float>());
        AddRowProduct(state, size, weight.data_ptr<float>(), /*transposed=*/true,
                      share.data_ptr<float>(), 3 * size);
        StepForward(Row(gates, b) + t * 3 * size, share.data_ptr<float>(), state,
                    Row(kept, b) + t * 4 * size, state + size, size);
      }
    }
    context->save_for_backward({weight, states, kept});
    TapedWeights::Save(context, tape, weight_index, bias_index);
    return states.narrow(1, 1, steps).contiguous();
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &weight = saved[0], &states = saved[1], &kept = saved[2];
    const int64_t clips = kept.size(0), steps = kept.size(1), size = weight.size(1);
    const at::Tensor gradient = gradients[0].contiguous();
    const at::Tensor gate_gradient = at::empty({clips, steps, 3 * size}, at::kFloat);
    const at::Tensor share_gradient = at::empty({clips, steps, 3 * size}, at::kFloat);
    const at::Tensor begin_gradient = at::zeros({clips, size}, at::kFloat);
    const at::Tensor all = at::empty({size}, at::kFloat);
    for (int64_t b = 0; b < clips; ++b) {
      float* carried = Row(begin_gradient, b);
      for (int64_t t = steps - 1; t >= 0; --t) {
        Sum(carried, Row(gradient, b) + t * size, all.data_ptr<float>(), size);
        // Into `carried` what passes the weight by; the rest is added.
        StepBackward(all.data_ptr<float>(), Row(kept, b) + t * 4 * size, Row(states, b) + t * size,
                     Row(gate_gradient, b) + t * 3 * size, Row(share_gradient, b) + t * 3 * size,
                     carried, size);
        AddRowProduct(Row(share_gradient, b) + t * 3 * size, 3 * size, weight.data_ptr<float>(),
                      /*transposed=*/false, carried, size);
      }
    }
    variable_list result(7);
    result[0] = gate_gradient;
    result[3] = begin_gradient;
    const TapedWeights taped = TapedWeights::Saved(context);
    if (taped.tape == nullptr && !context->needs_input_grad(1) && !context->needs_input_grad(2))
      return result;  // the weights are frozen
    const at::Tensor flat = share_gradient.view({clips * steps, 3 * size});
    const at::Tensor before = states.narrow(1, 0, steps).reshape({clips * steps, size});
    if (taped.tape != nullptr) {
      taped.tape->AddProduct(taped.weight, flat, before);
      taped.tape->Add(taped.bias, flat.sum(0));
    } else {
      result[1] = Multiplied(flat.t(), before);
      result[2] = flat.sum(0);
    }
    return result;
  }
};

class GruStepFunction : public torch::autograd::Function<GruStepFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& gates,
                            const at::Tensor& share, const at::Tensor& state) {
    const int64_t rows = state.size(0), size = state.size(1);
    const at::Tensor kept = at::empty({rows, 4 * size}, at::kFloat);
    at::Tensor next = at::empty({rows, size}, at::kFloat);
    for (int64_t row = 0; row < rows; ++row)
      StepForward(Row(gates, row), Row(share, row), Row(state, row), Row(kept, row), Row(next, row),
                  size);
    context->save_for_backward({kept, state});
    return next;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &kept = saved[0], &state = saved[1];
    const int64_t rows = state.size(0), size = state.size(1);
    const at::Tensor gradient = gradients[0].contiguous();
    const at::Tensor gate_gradient = at::empty({rows, 3 * size}, at::kFloat);
    const at::Tensor share_gradient = at::empty({rows, 3 * size}, at::kFloat);
    const at::Tensor state_gradient = at::empty({rows, size}, at::kFloat);
    for (int64_t row = 0; row < rows; ++row)
      StepBackward(Row(gradient, row), Row(kept, row), Row(state, row), Row(gate_gradient, row),
                   Row(share_gradient, row), Row(state_gradient, row), size);
    return {gate_gradient, share_gradient, state_gradient};
  }
};

}  // namespace

at::Tensor GruStep(const at::Tensor& gates, const at::Tensor& share, const at::Tensor& state) {
  PEEKABOO_CHECK(state.dim() == 2 && state.scalar_type() == at::kFloat);
  PEEKABOO_CHECK(gates.sizes() == share.sizes() && gates.size(0) == state.size(0) &&
                 gates.size(1) == 3 * state.size(1));
  PEEKABOO_CHECK(gates.scalar_type() == at::kFloat && share.scalar_type() == at::kFloat);
  return GruStepFunction::apply(gates.contiguous(), share.contiguous(), state.contiguous());
}

at::Tensor GruStates(const at::Tensor& gates, const Weight& weight, const Weight& bias,
                     const at::Tensor& begin, GradientTape* tape) {
  const at::Tensor& w = weight.value;
  PEEKABOO_CHECK(gates.dim() == 3 && gates.scalar_type() == at::kFloat);
  PEEKABOO_CHECK(gates.size(2) == w.size(0) && w.size(0) == 3 * w.size(1) && w.is_contiguous());
  UseNoOtherThreads();
  const int64_t clips = gates.size(0), size = w.size(1);
  const at::Tensor state = begin.defined() ? begin : at::zeros({clips, size}, at::kFloat);
  PEEKABOO_CHECK(state.scalar_type() == at::kFloat && state.numel() == clips * size);
  // With a tape the gates, which have a graph, are all that LibTorch must know of.
  const bool taped = tape != nullptr;
  return GruFunction::apply(gates.contiguous(), taped ? w.detach() : w,
                            taped ? bias.value.detach() : bias.value, state.contiguous(),
                            weight.index, bias.index, tape);
}

}  // namespace peekaboo::worldmodel
