#include "worldmodel/kernels/grid_convolution.h"

#include <torch/torch.h>

#include <utility>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/rowwise.h"
#include "worldmodel/kernels/typed.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Kernel = GridConvolution::Kernel;

const float* Terms(const at::Tensor& terms) {
  return terms.numel() > 0 ? terms.data_ptr<float>() : nullptr;
}

// What LibTorch's functions take, which nothing undefined is: no numbers are no terms.
at::Tensor CheckedTerms(const at::Tensor& terms, int64_t rows, int64_t columns) {
  if (!terms.defined()) return at::empty({0}, at::kFloat);
  PEEKABOO_CHECK(terms.scalar_type() == at::kFloat && terms.is_contiguous() && terms.dim() == 2 &&
                 terms.size(0) == rows && terms.size(1) == columns);
  return terms;
}

at::Tensor Convolve(const at::Tensor& x, const Kernel& kernel, const GridWeights& weights,
                    const GridTerms& terms, bool relu) {
  const GridShape shape{x.size(0), x.size(1), weights.in(), weights.out()};
  at::Tensor y = at::empty({shape.images, shape.side, shape.side, shape.out},
                           x.options().requires_grad(false));
  WithType(kernel.type, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    ConvolveGrid(Data<const T>(x), shape, weights, terms, relu, Data<T>(y), kernel.loops);
  });
  return y;
}

// The windows of x as rows [N side^2, 9 in].
at::Tensor Gather(const at::Tensor& x, const Kernel& kernel) {
  const GridShape shape{x.size(0), x.size(1), kernel.in, kernel.out};
  at::Tensor gathered = at::empty({shape.images * shape.Positions(), 9 * kernel.in},
                                  x.options().requires_grad(false));
  WithType(kernel.type, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    GatherGrid(Data<const T>(x), shape, Data<T>(gathered));
  });
  return gathered;
}

struct Call : torch::CustomClassHolder {
  std::shared_ptr<const Kernel> kernel;
  GradientTape* tape = nullptr;
};

class GridFunction : public torch::autograd::Function<GridFunction> {
 public:
  // `weight` and `bias` only take gradients.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& of_image, const at::Tensor& of_position,
                            const at::Tensor& /*weight*/, const at::Tensor& bias,
                            std::shared_ptr<const Kernel> kernel, GradientTape* tape) {
    const at::Tensor everywhere = of_position.numel() > 0
                                      ? (of_position + bias).contiguous()
                                      : bias.expand({x.size(1) * x.size(2), -1}).contiguous();
    at::Tensor y = Convolve(x, *kernel, *kernel->ahead,
                            {Terms(of_image), everywhere.data_ptr<float>()}, /*relu=*/true);
    context->save_for_backward({x, y});
    auto call = c10::make_intrusive<Call>();
    call->kernel = std::move(kernel);
    call->tape = tape;
    context->saved_data["call"] = c10::IValue::make_capsule(std::move(call));
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto capsule = context->saved_data["call"].toCapsule();
    const auto& call = static_cast<const Call&>(*capsule);
    const Kernel& kernel = *call.kernel;
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &y = saved[1];
    const at::Tensor outer = gradients[0].contiguous();
    const int64_t images = x.size(0), positions = x.size(1) * x.size(2), out = kernel.out;
    const at::Tensor inner = at::empty_like(outer), bias = at::zeros({out}, at::kFloat);
    WithType(kernel.type, [&](auto* type) {
      using T = std::remove_pointer_t<decltype(type)>;
      AddBiasBackward(Data<T>(y), Data<T>(outer), Data<T>(inner), Data<float>(bias),
                      images * positions, out, /*relu=*/true);
    });
    variable_list result(7);
    if (context->needs_input_grad(0)) {
      PEEKABOO_CHECK(kernel.back != nullptr);
      result[0] = Convolve(inner, kernel, *kernel.back, {}, /*relu=*/false);
    }
    const at::Tensor terms = inner.view({images, positions, out});
    if (context->needs_input_grad(1)) result[1] = terms.sum(1, /*keepdim=*/false, at::kFloat);
    if (context->needs_input_grad(2)) result[2] = terms.sum(0, /*keepdim=*/false, at::kFloat);
    const at::Tensor rows = inner.view({images * positions, out});
    if (call.tape != nullptr) {
      call.tape->AddProduct(kernel.weight.index, rows, Gather(x, kernel));
      call.tape->Add(kernel.bias.index, bias);
    } else if (context->needs_input_grad(3) || context->needs_input_grad(4)) {
      result[3] = at::empty(kernel.weight.value.sizes(), at::kFloat);
      Multiply(rows.t(), Gather(x, kernel), result[3].flatten(1));
      result[4] = bias;
    }
    return result;
  }
};

}  // namespace

GridConvolution::GridConvolution(const Weight& weight, const Weight& bias, at::ScalarType type) {
  const at::Tensor& w = weight.value;
  PEEKABOO_CHECK(w.dim() == 4 && w.size(1) == 3 && w.size(2) == 3 && w.is_contiguous());
  PEEKABOO_CHECK(type == at::kFloat || type == at::kBFloat16);
  Kernel kernel{weight, bias, w.size(0), w.size(3), type, BestGridLoops(), nullptr, nullptr};
  const bool bf16 = type == at::kBFloat16 && kernel.loops == GridLoops::kAvx512Bf16;
  const auto lay_out = [&](bool back) {
    return std::make_shared<const GridWeights>(
        w.data_ptr<float>(), GridWeights::Sizes{kernel.out, kernel.in}, back, bf16);
  };
  kernel.ahead = lay_out(false);
  if (at::GradMode::is_enabled()) kernel.back = lay_out(true);
  kernel_ = std::make_shared<const Kernel>(std::move(kernel));
}

at::Tensor GridConvolution::Apply(const at::Tensor& x, const at::Tensor& of_image,
                                  const at::Tensor& of_position, GradientTape* tape) const {
  const Kernel& kernel = *kernel_;
  PEEKABOO_CHECK(x.dim() == 4 && x.size(1) == x.size(2) && x.size(3) == kernel.in &&
                 x.scalar_type() == kernel.type);
  UseNoOtherThreads();
  return GridFunction::apply(x.contiguous(), CheckedTerms(of_image, x.size(0), kernel.out),
                             CheckedTerms(of_position, x.size(1) * x.size(2), kernel.out),
                             tape != nullptr ? tape->leaf() : kernel.weight.value,
                             tape != nullptr ? kernel.bias.value.detach() : kernel.bias.value,
                             kernel_, tape);
}

}  // namespace peekaboo::worldmodel
