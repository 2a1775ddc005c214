#include <torch/torch.h>

#include "worldmodel/kernels/layers.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/rowwise.h"
#include "worldmodel/kernels/taped_weights.h"
#include "worldmodel/kernels/typed.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class LinearFunction : public torch::autograd::Function<LinearFunction> {
 public:
  // `weight` and `bias` only take the gradient; `w` is the weight in x's precision.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& /*weight*/, const at::Tensor& w,
                            const at::Tensor& bias, bool relu, int weight_index, int bias_index,
                            GradientTape* tape) {
    at::Tensor y = Multiplied(x, w.t());
    const float* b = bias.data_ptr<float>();
    if (y.scalar_type() == at::kFloat) {
      AddBias(Data<float>(y), b, y.size(0), y.size(1), relu);
    } else {
      AddBias(Data<Bf16>(y), b, y.size(0), y.size(1), relu);
    }
    context->save_for_backward({x, w, relu ? y : at::Tensor()});
    TapedWeights::Save(context, tape, weight_index, bias_index);
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1], &y = saved[2];
    const bool relu = y.defined();
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t rows = gradient.size(0), columns = gradient.size(1);
    const at::Tensor masked = relu ? at::empty_like(gradient) : gradient;
    const at::Tensor bias = at::zeros({columns}, at::kFloat);
    if (gradient.scalar_type() == at::kFloat) {
      AddBiasBackward(relu ? Data<float>(y) : nullptr, Data<float>(gradient), Data<float>(masked),
                      Data<float>(bias), rows, columns, relu);
    } else {
      AddBiasBackward(relu ? Data<Bf16>(y) : nullptr, Data<Bf16>(gradient), Data<Bf16>(masked),
                      Data<float>(bias), rows, columns, relu);
    }
    variable_list result(8);
    if (context->needs_input_grad(0)) result[0] = Multiplied(masked, w);
    const TapedWeights taped = TapedWeights::Saved(context);
    if (taped.tape != nullptr) {
      taped.tape->AddProduct(taped.weight, masked, x.detach());
      taped.tape->Add(taped.bias, bias);
    } else if (context->needs_input_grad(1) || context->needs_input_grad(3)) {
      result[1] = at::empty(w.sizes(), at::kFloat);
      Multiply(masked.t(), x, result[1]);
      result[3] = bias;
    }
    return result;
  }
};

}  // namespace

at::ScalarType ToScalarType(Precision precision) {
  return precision == Precision::kBf16 ? at::kBFloat16 : at::kFloat;
}

at::Tensor Linear(const at::Tensor& x, const Weight& weight, const Weight& bias, bool relu,
                  GradientTape* tape) {
  return LinearFunction::apply(x.contiguous(), tape != nullptr ? tape->leaf() : weight.value,
                               weight.As(x.scalar_type()).detach(),
                               tape != nullptr ? bias.value.detach() : bias.value, relu,
                               weight.index, bias.index, tape);
}

}  // namespace peekaboo::worldmodel
