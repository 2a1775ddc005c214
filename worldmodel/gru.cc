#include "worldmodel/gru.h"

#include <torch/torch.h>

#include <algorithm>

#include "sim/check.h"
#include "worldmodel/simd.h"

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

// Clips that walk through time together, on one thread. Fixed, so that the bits do not depend on
// the number of threads.
constexpr int64_t kGroupClips = 4;

// Calls body(first clip, number of clips), groups side by side.
template <typename Body>
void ForEachGroup(int64_t clips, Body body) {
  const int64_t groups = (clips + kGroupClips - 1) / kGroupClips;
  at::parallel_for(0, groups, 1, [&](int64_t begin, int64_t end) {
    const at::AutoDispatchBelowAutograd no_graph;
    for (int64_t group = begin; group < end; ++group) {
      const int64_t first = group * kGroupClips;
      body(first, std::min(kGroupClips, clips - first));
    }
  });
}

// Time first in all but the gates and their gradient, so that a step of a group is one block of
// memory; states[0] is that before the first step.
class GruFunction : public torch::autograd::Function<GruFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& gates,
                            const at::Tensor& weight, const at::Tensor& bias, const float* begin) {
    const int64_t clips = gates.size(0), steps = gates.size(1), size = weight.size(1);
    const at::Tensor states = at::empty({steps + 1, clips, size}, at::kFloat);
    const at::Tensor kept = at::empty({steps, clips, 4 * size}, at::kFloat);
    const at::Tensor transposed = weight.t().contiguous();
    if (begin) {
      std::copy_n(begin, clips * size, states.data_ptr<float>());
    } else {
      states[0].zero_();
    }
    ForEachGroup(clips, [&](int64_t first, int64_t count) {
      at::Tensor share = at::empty({count, 3 * size}, at::kFloat);
      for (int64_t t = 0; t < steps; ++t) {
        at::addmm_out(share, bias, states[t].narrow(0, first, count), transposed);
        for (int64_t b = 0; b < count; ++b) {
          const float* x = gates.data_ptr<float>() + ((first + b) * steps + t) * 3 * size;
          const int64_t at = (t * clips + first + b) * size;
          float* state = states.data_ptr<float>() + at;
          StepForward(x, share.data_ptr<float>() + b * 3 * size, state,
                      kept.data_ptr<float>() + 4 * at, state + clips * size, size);
        }
      }
    });
    context->save_for_backward({weight, states, kept});
    return states.narrow(0, 1, steps).transpose(0, 1).contiguous();
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &weight = saved[0], &states = saved[1], &kept = saved[2];
    const int64_t steps = kept.size(0), clips = kept.size(1), size = weight.size(1);
    const at::Tensor gradient = gradients[0].contiguous();
    const at::Tensor gate_gradient = at::empty({clips, steps, 3 * size}, at::kFloat);
    const at::Tensor share_gradient = at::empty({steps, clips, 3 * size}, at::kFloat);
    ForEachGroup(clips, [&](int64_t first, int64_t count) {
      at::Tensor carried = at::zeros({count, size}, at::kFloat);
      const at::Tensor past = at::empty_like(carried);
      for (int64_t t = steps - 1; t >= 0; --t) {
        carried.add_(gradient.narrow(0, first, count).select(1, t));
        for (int64_t b = 0; b < count; ++b) {
          const int64_t at = (t * clips + first + b) * size;
          StepBackward(carried.data_ptr<float>() + b * size, kept.data_ptr<float>() + 4 * at,
                       states.data_ptr<float>() + at,
                       gate_gradient.data_ptr<float>() + ((first + b) * steps + t) * 3 * size,
                       share_gradient.data_ptr<float>() + 3 * at, past.data_ptr<float>() + b * size,
                       size);
        }
        at::addmm_out(carried, past, share_gradient[t].narrow(0, first, count), weight);
      }
    });
    const at::Tensor flat = share_gradient.view({steps * clips, 3 * size});
    const at::Tensor before = states.narrow(0, 0, steps).view({steps * clips, size});
    return {gate_gradient, at::mm(flat.t(), before), flat.sum(0), at::Tensor()};
  }
};

}  // namespace

at::Tensor GruStates(const at::Tensor& gates, const at::Tensor& weight, const at::Tensor& bias,
                     const at::Tensor& begin) {
  PEEKABOO_CHECK(gates.dim() == 3 && gates.scalar_type() == at::kFloat);
  PEEKABOO_CHECK(gates.size(2) == weight.size(0) && weight.size(0) == 3 * weight.size(1));
  if (!begin.defined())
    return GruFunction::apply(gates.contiguous(), weight, bias, static_cast<const float*>(nullptr));
  PEEKABOO_CHECK(begin.is_contiguous() && begin.scalar_type() == at::kFloat);
  PEEKABOO_CHECK(begin.numel() == gates.size(0) * weight.size(1));
  return GruFunction::apply(gates.contiguous(), weight, bias,
                            static_cast<const float*>(begin.data_ptr<float>()));
}

}  // namespace peekaboo::worldmodel
