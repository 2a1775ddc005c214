#include "worldmodel/kernels/packed_linear.h"

#include <torch/torch.h>

#include <utility>

#include "base/check.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/rowwise.h"
#include "worldmodel/kernels/typed.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Kernel = PackedLinear::Kernel;

struct Call : torch::CustomClassHolder {
  std::shared_ptr<const Kernel> kernel;
  GradientTape* tape = nullptr;
  bool relu = false, added = false;
};

class PackedFunction : public torch::autograd::Function<PackedFunction> {
 public:
  // `weight` and `bias` only take gradients; `added` without numbers is nothing.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& added,
                            const at::Tensor& /*weight*/, const at::Tensor& bias,
                            c10::intrusive_ptr<Call> call) {
    const Kernel& kernel = *call->kernel;
    at::Tensor sum = at::empty({x.size(0), bias.size(0)}, at::kFloat);
    kernel.ahead.Multiply(x, sum);
    at::Tensor y = call->relu ? at::empty(sum.sizes(), kernel.type) : sum;
    const float* more = call->added ? added.data_ptr<float>() : nullptr;
    const BiasedSum terms{sum.data_ptr<float>(), more, bias.data_ptr<float>()};
    WithType(y.scalar_type(), [&](auto* type) {
      using T = std::remove_pointer_t<decltype(type)>;
      AddTerms(terms, Data<T>(y), y.size(0), y.size(1), call->relu);
    });
    context->save_for_backward({x, call->relu ? y : at::Tensor()});
    context->saved_data["call"] = c10::IValue::make_capsule(std::move(call));
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto capsule = context->saved_data["call"].toCapsule();
    const auto& call = static_cast<const Call&>(*capsule);
    const Kernel& kernel = *call.kernel;
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &y = saved[1];
    at::Tensor outer = gradients[0].contiguous(), inner;
    const int64_t rows = outer.size(0), columns = outer.size(1);
    const at::Tensor bias = at::zeros({columns}, at::kFloat);
    WithType(outer.scalar_type(), [&](auto* type) {
      using T = std::remove_pointer_t<decltype(type)>;
      at::Tensor masked = call.relu ? at::empty_like(outer) : outer;
      AddBiasBackward(call.relu ? Data<T>(y) : nullptr, Data<T>(outer), Data<T>(masked),
                      Data<float>(bias), rows, columns, call.relu);
      inner = std::move(masked);
    });
    const at::Tensor typed = inner.to(kernel.type);
    variable_list result(5);
    if (context->needs_input_grad(0)) {
      result[0] = at::empty(x.sizes(), x.options().requires_grad(false));
      kernel.back.Multiply(typed, result[0]);
    }
    if (call.added && context->needs_input_grad(1)) result[1] = inner.to(at::kFloat);
    if (call.tape != nullptr) {
      call.tape->AddProduct(kernel.weight.index, typed, x.detach());
      call.tape->Add(kernel.bias.index, bias);
    } else if (context->needs_input_grad(2) || context->needs_input_grad(3)) {
      result[2] = at::empty(kernel.weight.value.sizes(), at::kFloat);
      Multiply(typed.t(), x, result[2]);
      result[3] = bias;
    }
    return result;
  }
};

}  // namespace

PackedLinear::PackedLinear(const Weight& weight, const Weight& bias, at::ScalarType type)
    : kernel_(std::make_shared<const Kernel>(Kernel{
          weight, bias, type, PackedMatrix(weight.As(type).t()), PackedMatrix(weight.As(type))})) {}

at::Tensor PackedLinear::Apply(const at::Tensor& x, const at::Tensor& added, bool relu,
                               GradientTape* tape) const {
  const Kernel& kernel = *kernel_;
  PEEKABOO_CHECK(x.dim() == 2 && x.scalar_type() == kernel.type);
  PEEKABOO_CHECK(!added.defined() ||
                 (added.scalar_type() == at::kFloat && added.size(0) == x.size(0) &&
                  added.size(1) == kernel.bias.value.size(0)));
  auto call = c10::make_intrusive<Call>();
  call->kernel = kernel_;
  call->tape = tape;
  call->relu = relu;
  call->added = added.defined();
  return PackedFunction::apply(
      x.contiguous(), added.defined() ? added.contiguous() : at::empty({0}, at::kFloat),
      tape != nullptr ? tape->leaf() : kernel.weight.value,
      tape != nullptr ? kernel.bias.value.detach() : kernel.bias.value, std::move(call));
}

}  // namespace peekaboo::worldmodel
