#include <torch/torch.h>

#include <compare>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "sim/check.h"
#include "worldmodel/compute.h"
#include "worldmodel/layers.h"
#include "worldmodel/onednn.h"
#include "worldmodel/rowwise.h"

namespace peekaboo::worldmodel {
namespace {

using dnnl::memory;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Geometry {
  int64_t images, side, in, out, kernel, stride, padding;
  bool relu;

  int64_t OutSide() const { return (side + 2 * padding - kernel) / stride + 1; }
  auto operator<=>(const Geometry&) const = default;
};

// Everything that is the same each time: oneDNN's primitives, and the layouts that they want.
struct Plan {
  Geometry geometry;
  ConvolutionDescriptions descriptions;
  dnnl::convolution_forward forward;
  dnnl::convolution_backward_data input;
  dnnl::convolution_backward_weights weights;
  memory::desc source, destination;  // channels last
  memory::desc weight;               // [out, kernel, kernel, in]
  memory::desc weight_gradient;      // the same, f32
  memory::desc bias;
};

std::shared_ptr<const Plan> MakePlan(const Geometry& g, at::ScalarType type) {
  const int64_t out_side = g.OutSide();
  const ConvolutionDims dims = {{g.images, g.in, g.side, g.side},
                                {g.out, g.in, g.kernel, g.kernel},
                                {g.out},
                                {g.images, g.out, out_side, out_side},
                                {g.stride, g.stride},
                                {g.padding, g.padding}};
  const auto t = ToDnnl(type), f32 = memory::data_type::f32;
  using Tag = memory::format_tag;
  const ConvolutionDescriptions d = DescribeConvolution(dims, t, g.relu);
  return std::make_shared<const Plan>(Plan{g,
                                           d,
                                           dnnl::convolution_forward(d.forward),
                                           dnnl::convolution_backward_data(d.input),
                                           dnnl::convolution_backward_weights(d.weights),
                                           {dims.source, t, Tag::nhwc},
                                           {dims.destination, t, Tag::nhwc},
                                           {dims.weights, t, Tag::ohwi},
                                           {dims.weights, f32, Tag::ohwi},
                                           {dims.bias, f32, Tag::x}});
}

// nullptr if oneDNN has none for this type and processor. To make one takes milliseconds.
std::shared_ptr<const Plan> FindPlan(const Geometry& geometry, at::ScalarType type) {
  using Key = std::pair<Geometry, at::ScalarType>;
  Processor();  // lives longer than the plans
  static std::mutex mutex;
  static std::map<Key, std::shared_ptr<const Plan>> plans;
  const std::lock_guard lock(mutex);
  const auto found = plans.find({geometry, type});
  if (found != plans.end()) return found->second;
  std::shared_ptr<const Plan> plan;
  try {
    plan = MakePlan(geometry, type);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
  }
  plans.emplace(Key{geometry, type}, plan);
  return plan;
}

// Numbers in a layout of oneDNN's.
struct Buffer {
  memory::desc layout;
  at::Tensor data;

  memory View() const { return Wrap(layout, data); }
};

// The same numbers as a primitive wants them: the same buffer if it does already.
Buffer As(const memory::desc& layout, const Buffer& buffer) {
  if (buffer.layout == layout) return buffer;
  Buffer copy{layout, Allocate(layout)};
  Reorder(buffer.View(), copy.View());
  return copy;
}

// What the way back needs of one layer.
struct Step {
  std::shared_ptr<const Plan> plan;
  int weight_index, bias_index;
  at::Tensor weight;  // in the products' precision
  Buffer source, destination;
};

struct Steps : torch::CustomClassHolder {
  std::vector<Step> steps;
  GradientTape* tape = nullptr;
};

// gradient = 0 where the output is not above 0; both in one layout.
void MaskBelowZero(const Buffer& output, const Buffer& gradient, at::ScalarType type) {
  const auto bytes = static_cast<int64_t>(gradient.layout.get_size());
  void *from = output.data.data_ptr(), *to = gradient.data.data_ptr();
  if (type == at::kFloat) {
    Mask(static_cast<const float*>(from), static_cast<float*>(to), bytes / 4);
  } else {
    Mask(static_cast<const Bf16*>(from), static_cast<Bf16*>(to), bytes / 2);
  }
}

Buffer Forward(const Step& step, const at::Tensor& bias) {
  const Plan& plan = *step.plan;
  const auto& description = plan.descriptions.forward;
  const Buffer weight = As(description.weights_desc(), {plan.weight, step.weight});
  Buffer y{description.dst_desc(), Allocate(description.dst_desc())};
  Execute(plan.forward,
          {{DNNL_ARG_SRC, step.source.View()},
           {DNNL_ARG_WEIGHTS, weight.View()},
           {DNNL_ARG_BIAS, Wrap(plan.bias, bias)},
           {DNNL_ARG_DST, y.View()}},
          description.scratchpad_desc());
  return y;
}

// `gradient` of the output, after ReLU -> the gradients of weight and bias.
std::pair<at::Tensor, at::Tensor> WeightGradients(const Step& step, const Buffer& gradient) {
  const Plan& plan = *step.plan;
  const auto& description = plan.descriptions.weights;
  const Geometry& g = plan.geometry;
  const at::Tensor weight = at::empty({g.out, g.kernel, g.kernel, g.in}, at::kFloat);
  const at::Tensor bias = at::empty({g.out}, at::kFloat);
  const Buffer sum{description.diff_weights_desc(), Allocate(description.diff_weights_desc())};
  Execute(plan.weights,
          {{DNNL_ARG_SRC, As(description.src_desc(), step.source).View()},
           {DNNL_ARG_DIFF_DST, As(description.diff_dst_desc(), gradient).View()},
           {DNNL_ARG_DIFF_WEIGHTS, sum.View()},
           {DNNL_ARG_DIFF_BIAS, Wrap(plan.bias, bias)}},
          description.scratchpad_desc());
  Reorder(sum.View(), Wrap(plan.weight_gradient, weight));
  return {weight, bias};
}

Buffer InputGradient(const Step& step, const Buffer& gradient) {
  const Plan& plan = *step.plan;
  const auto& description = plan.descriptions.input;
  Buffer x{description.diff_src_desc(), Allocate(description.diff_src_desc())};
  Execute(plan.input,
          {{DNNL_ARG_DIFF_DST, As(description.diff_dst_desc(), gradient).View()},
           {DNNL_ARG_WEIGHTS, As(description.weights_desc(), {plan.weight, step.weight}).View()},
           {DNNL_ARG_DIFF_SRC, x.View()}},
          description.scratchpad_desc());
  return x;
}

class ConvolutionsFunction : public torch::autograd::Function<ConvolutionsFunction> {
 public:
  // `parameters`: weight and bias of each layer, in turn; the weights only take gradients.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            at::TensorList parameters, std::vector<Step> steps,
                            GradientTape* tape) {
    Buffer y{steps.front().plan->source, x};
    for (size_t i = 0; i < steps.size(); ++i) {
      steps[i].source = As(steps[i].plan->descriptions.forward.src_desc(), y);
      y = steps[i].destination = Forward(steps[i], parameters[2 * i + 1]);
    }
    const Plan& last = *steps.back().plan;
    const Geometry& g = last.geometry;
    at::Tensor out = at::empty({g.images, g.OutSide(), g.OutSide(), g.out}, x.options());
    Reorder(y.View(), Wrap(last.destination, out));
    auto kept = c10::make_intrusive<Steps>();
    kept->steps = std::move(steps);
    kept->tape = tape;
    context->saved_data["steps"] = c10::IValue::make_capsule(std::move(kept));
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto kept = context->saved_data["steps"].toCapsule();
    auto& all = static_cast<Steps&>(*kept);
    PEEKABOO_CHECK(!all.steps.empty());  // the way back is gone once
    const at::Tensor outer = gradients[0].contiguous();
    variable_list result(1 + 2 * all.steps.size() + 2);
    Buffer gradient{all.steps.back().plan->destination, outer};
    for (size_t i = all.steps.size(); i-- > 0;) {
      const Step& step = all.steps[i];
      gradient = As(step.destination.layout, gradient);
      if (step.plan->geometry.relu) {
        if (gradient.data.is_same(outer)) gradient.data = outer.clone();
        MaskBelowZero(step.destination, gradient, outer.scalar_type());
      }
      auto [weight, bias] = WeightGradients(step, gradient);
      if (all.tape != nullptr) {
        all.tape->Add(step.weight_index, weight);
        all.tape->Add(step.bias_index, bias);
      } else {
        result[1 + 2 * i] = weight;
        result[2 + 2 * i] = bias;
      }
      if (i > 0 || context->needs_input_grad(0)) gradient = InputGradient(step, gradient);
    }
    if (context->needs_input_grad(0)) {
      const Plan& first = *all.steps.front().plan;
      const Geometry& g = first.geometry;
      result[0] = at::empty({g.images, g.side, g.side, g.in}, outer.options());
      Reorder(gradient.View(), Wrap(first.source, result[0]));
    }
    // The graph lives on with what was made of it; these buffers are most of a training's memory.
    if (all.tape != nullptr) all.steps.clear();
    return result;
  }
};

}  // namespace

at::Tensor Convolutions(const at::Tensor& x, std::span<const ConvolutionLayer> layers,
                        GradientTape* tape) {
  PEEKABOO_CHECK(x.dim() == 4 && x.size(1) == x.size(2) && !layers.empty());
  UseNoOtherThreads();
  std::vector<at::Tensor> parameters;
  std::vector<Step> steps;
  int64_t side = x.size(1), channels = x.size(3);
  for (const ConvolutionLayer& layer : layers) {
    const at::Tensor w = layer.weight.As(x.scalar_type()).detach();
    const Geometry g{x.size(0), side,         channels,      w.size(0),
                     w.size(1), layer.stride, layer.padding, layer.relu};
    PEEKABOO_CHECK(w.size(1) == w.size(2) && w.size(3) == channels);
    auto plan = FindPlan(g, x.scalar_type());
    if (!plan) {  // no products of this type on this processor
      PEEKABOO_CHECK(x.scalar_type() != at::kFloat);
      return Convolutions(x.to(at::kFloat), layers, tape).to(x.scalar_type());
    }
    steps.push_back({std::move(plan), layer.weight.index, layer.bias.index, w, {}, {}});
    parameters.push_back(tape != nullptr ? tape->leaf() : layer.weight.value);
    parameters.push_back(tape != nullptr ? layer.bias.value.detach() : layer.bias.value);
    side = g.OutSide();
    channels = g.out;
  }
  return ConvolutionsFunction::apply(x.contiguous(), at::TensorList(parameters), std::move(steps),
                                     tape);
}

}  // namespace peekaboo::worldmodel
