#include <torch/torch.h>

#include "worldmodel/layers.h"
#include "worldmodel/rowwise.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <typename T>
T* Data(const at::Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}

constexpr int64_t kRowGrain = 64;

class LinearFunction : public torch::autograd::Function<LinearFunction> {
 public:
  // `weight` only takes the gradient; `w` is what it is in x's precision.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& /*weight*/, const at::Tensor& w,
                            const at::Tensor& bias, bool relu) {
    at::Tensor y = at::mm(x, w.t());
    const int64_t columns = y.size(1);
    at::parallel_for(0, y.size(0), kRowGrain, [&](int64_t begin, int64_t end) {
      const float* b = bias.data_ptr<float>();
      if (y.scalar_type() == at::kFloat) {
        AddBias(Data<float>(y) + begin * columns, b, end - begin, columns, relu);
      } else {
        AddBias(Data<Bf16>(y) + begin * columns, b, end - begin, columns, relu);
      }
    });
    context->save_for_backward({x, w, relu ? y : at::Tensor()});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1], &y = saved[2];
    const bool relu = y.defined();
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t rows = gradient.size(0), columns = gradient.size(1);
    const at::Tensor masked = relu ? at::empty_like(gradient) : gradient;
    // Partial sums of a fixed number of rows, added in order: the same bits for any thread count.
    const int64_t pieces = (rows + kRowGrain - 1) / kRowGrain;
    const at::Tensor bias_parts = at::zeros({pieces, columns}, at::kFloat);
    at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
      for (int64_t piece = begin; piece < end; ++piece) {
        const int64_t first = piece * kRowGrain, count = std::min(kRowGrain, rows - first);
        const int64_t at = first * columns;
        float* sums = bias_parts.data_ptr<float>() + piece * columns;
        if (gradient.scalar_type() == at::kFloat) {
          AddBiasBackward(relu ? Data<float>(y) + at : nullptr, Data<float>(gradient) + at,
                          Data<float>(masked) + at, sums, count, columns, relu);
        } else {
          AddBiasBackward(relu ? Data<Bf16>(y) + at : nullptr, Data<Bf16>(gradient) + at,
                          Data<Bf16>(masked) + at, sums, count, columns, relu);
        }
      }
    });
    at::Tensor x_gradient;
    if (context->needs_input_grad(0)) x_gradient = at::mm(masked, w);
    return {x_gradient, at::mm(masked.t(), x).to(at::kFloat), at::Tensor(), bias_parts.sum(0),
            at::Tensor()};
  }
};

}  // namespace

at::ScalarType ToScalarType(Precision precision) {
  return precision == Precision::kBf16 ? at::kBFloat16 : at::kFloat;
}

at::Tensor Linear(const at::Tensor& x, const Weight& weight, const Weight& bias, bool relu) {
  return LinearFunction::apply(x.contiguous(), weight.value, weight.As(x.scalar_type()).detach(),
                               bias.value, relu);
}

}  // namespace peekaboo::worldmodel
