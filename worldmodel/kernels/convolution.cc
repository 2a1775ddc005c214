#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/row_map.h"
#include "worldmodel/kernels/rowwise.h"
#include "worldmodel/kernels/typed.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the way back needs of one layer.
struct Step {
  int weight_index, bias_index;
  bool relu;
  at::Tensor weight;  // [out, kernel, kernel, in], in the products' precision
  int64_t in_rows;    // of the matrix that it gathers from
  WindowRows windows;
  at::Tensor gathered = {};  // [padded rows, kernel^2 in]
  at::Tensor y = {};         // [padded rows, out]

  int64_t Taps() const { return weight.size(1) * weight.size(2); }
  int64_t InChannels() const { return weight.size(3); }
};

struct Steps : torch::CustomClassHolder {
  std::vector<Step> steps;
  GradientTape* tape = nullptr;
  std::vector<int64_t> x_sizes;
};

// Matrices of windows are filled up with rows of zeros to multiples of what oneDNN's products take
// at a time, and multiplied some hundreds of rows at a time. So a window's numbers are the same to
// the last bit whatever comes later in the film; and in bf16, where oneDNN makes a kernel for each
// number of rows, there are few of them.
constexpr int64_t kRowsStep = 48, kRowsAtOnce = 480;

int64_t PaddedRows(int64_t rows) { return (rows + kRowsStep - 1) / kRowsStep * kRowsStep; }

// Windows from `first` on as the rows of `to`, zeros where one leaves the image and after the last.
void Gather(const at::Tensor& matrix, const Step& step, int64_t first, const at::Tensor& to) {
  const size_t bytes = matrix.size(1) * matrix.element_size();
  const int64_t taps = step.Taps(), last = std::min(first + to.size(0), step.windows.out.rows);
  const auto* from = Data<const std::byte>(matrix);
  auto* row = Data<std::byte>(to);
  const auto* const end = row + to.nbytes();
  for (int64_t i = first * taps; i < last * taps; ++i, row += bytes) {
    const int32_t source = step.windows.sources[i];
    if (source < 0) {
      std::memset(row, 0, bytes);
    } else {
      std::memcpy(row, from + source * bytes, bytes);
    }
  }
  std::memset(row, 0, end - row);
}

// Some windows at a time, which are then still in a cache. What was gathered is kept if there will
// be a way back.
void Forward(const at::Tensor& matrix, const at::Tensor& bias, bool keep, Step* step) {
  const at::Tensor weight = step->weight.flatten(1);
  const auto options = matrix.options().requires_grad(false);
  const int64_t rows = PaddedRows(step->windows.out.rows);
  const at::Tensor gathered =
      at::empty({keep ? rows : std::min(rows, kRowsAtOnce), weight.size(1)}, options);
  step->y = at::empty({rows, weight.size(0)}, options);
  for (int64_t first = 0; first < rows; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, rows - first);
    const at::Tensor piece = gathered.narrow(0, keep ? first : 0, count);
    Gather(matrix, *step, first, piece);
    Multiply(piece, weight.t(), step->y.narrow(0, first, count));
  }
  if (keep) step->gathered = gathered;
  WithType(step->y.scalar_type(), [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    AddBias(Data<T>(step->y), Data<float>(bias), step->y.size(0), step->y.size(1), step->relu);
  });
}

// `gradient` [padded rows, out] of what the weights made of the windows -> for each row that was
// gathered the sum over the windows that hold it, [in_rows, in] f32. A few positions of the window
// at a time, so that what is added is still in a cache.
at::Tensor SumWindows(const at::Tensor& gradient, const Step& step) {
  constexpr int64_t kColumns = 64;
  const int64_t taps = step.Taps(), channels = step.InChannels();
  at::Tensor sum = at::zeros({step.in_rows, channels}, at::kFloat);
  const at::Tensor weight = step.weight.flatten(1);
  const int64_t most = std::clamp<int64_t>(kColumns / channels, 1, taps);
  for (int64_t tap = 0; tap < taps; tap += most) {
    const int64_t group = std::min(most, taps - tap);
    const at::Tensor part =
        Multiplied(gradient, weight.narrow(1, tap * channels, group * channels));
    WithType(part.scalar_type(), [&](auto* type) {
      using T = std::remove_pointer_t<decltype(type)>;
      AddRows(Data<const T>(part),
              {step.windows.sources.data() + tap, taps, step.windows.out.rows, group, channels},
              Data<float>(sum));
    });
  }
  return sum;
}

// `gradient` [padded rows, out] f32 of the layer's output -> the same before ReLU, in the products'
// precision, and that of the bias.
std::pair<at::Tensor, at::Tensor> BeforeBias(const Step& step, const at::Tensor& gradient) {
  const at::Tensor outer = gradient.to(step.y.scalar_type());
  const at::Tensor inner = step.relu ? at::empty_like(outer) : outer;
  const at::Tensor bias = at::zeros({outer.size(1)}, at::kFloat);
  WithType(outer.scalar_type(), [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    AddBiasBackward(step.relu ? Data<T>(step.y) : nullptr, Data<T>(outer), Data<T>(inner),
                    Data<float>(bias), outer.size(0), outer.size(1), step.relu);
  });
  return {inner, bias};
}

class ConvolutionsFunction : public torch::autograd::Function<ConvolutionsFunction> {
 public:
  // `parameters`: weight and bias of each layer, in turn; the weights only take gradients.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            at::TensorList parameters, std::vector<Step> steps, GradientTape* tape,
                            bool way_back) {
    at::Tensor matrix = x.view({-1, x.size(3)});
    for (size_t i = 0; i < steps.size(); ++i) {
      Forward(matrix, parameters[2 * i + 1], way_back, &steps[i]);
      matrix = steps[i].y;
    }
    const RowMap& map = steps.back().windows.out;
    at::Tensor out = at::empty({map.images, map.side, map.side, matrix.size(1)}, matrix.options());
    const size_t bytes = matrix.size(1) * matrix.element_size();
    auto* to = Data<std::byte>(out);
    for (const int32_t row : map.row) {
      std::memcpy(to, Data<std::byte>(matrix) + row * bytes, bytes);
      to += bytes;
    }
    auto kept = c10::make_intrusive<Steps>();
    kept->steps = std::move(steps);
    kept->tape = tape;
    kept->x_sizes = x.sizes().vec();
    context->saved_data["steps"] = c10::IValue::make_capsule(std::move(kept));
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto kept = context->saved_data["steps"].toCapsule();
    auto& all = static_cast<Steps&>(*kept);
    PEEKABOO_CHECK(!all.steps.empty());  // the way back is gone once
    const at::Tensor outer = gradients[0].contiguous();
    variable_list result(1 + 2 * all.steps.size() + 3);
    const at::Tensor sum = at::zeros(all.steps.back().y.sizes(), at::kFloat);
    WithType(outer.scalar_type(), [&](auto* type) {
      using T = std::remove_pointer_t<decltype(type)>;
      const std::vector<int32_t>& rows = all.steps.back().windows.out.row;
      AddRows(Data<const T>(outer), {rows.data(), 1, std::ssize(rows), 1, sum.size(1)},
              Data<float>(sum));
    });
    at::Tensor gradient = sum;
    for (size_t i = all.steps.size(); i-- > 0;) {
      const Step& step = all.steps[i];
      const auto [inner, bias] = BeforeBias(step, gradient);
      if (all.tape != nullptr) {
        all.tape->AddProduct(step.weight_index, inner, step.gathered);
        all.tape->Add(step.bias_index, bias);
      } else if (context->needs_input_grad(1 + 2 * i) || context->needs_input_grad(2 + 2 * i)) {
        result[1 + 2 * i] = at::empty(step.weight.sizes(), at::kFloat);
        Multiply(inner.t(), step.gathered, result[1 + 2 * i].flatten(1));
        result[2 + 2 * i] = bias;
      }
      if (i > 0 || context->needs_input_grad(0)) gradient = SumWindows(inner, step);
    }
    if (context->needs_input_grad(0))
      result[0] = gradient.view(all.x_sizes).to(outer.scalar_type());
    // The graph lives on with what was made of it; the tape keeps what it needs.
    if (all.tape != nullptr) all.steps.clear();
    return result;
  }
};

}  // namespace

at::Tensor Convolutions(const at::Tensor& x, std::span<const ConvolutionLayer> layers,
                        GradientTape* tape) {
  PEEKABOO_CHECK(x.dim() == 4 && x.size(1) == x.size(2) && !layers.empty());
  UseNoOtherThreads();
  const at::Tensor images = x.contiguous();
  // A gradient of the images is wanted for each of them: then no two share anything.
  const bool shared = !(at::GradMode::is_enabled() && x.requires_grad());
  const RowMap map = MapImages(Data<const std::byte>(images), x.size(0), x.size(1),
                               x.size(3) * x.element_size(), shared);
  std::vector<at::Tensor> parameters;
  std::vector<Step> steps;
  for (const ConvolutionLayer& layer : layers) {
    const at::Tensor w = layer.weight.As(x.scalar_type()).detach();
    const RowMap& in = steps.empty() ? map : steps.back().windows.out;
    PEEKABOO_CHECK(w.dim() == 4 && w.size(1) == w.size(2));
    PEEKABOO_CHECK(w.size(3) == (steps.empty() ? x.size(3) : steps.back().weight.size(0)));
    const int64_t in_rows = steps.empty() ? in.rows : PaddedRows(in.rows);
    steps.push_back({layer.weight.index, layer.bias.index, layer.relu, w, in_rows,
                     MapWindows(in, {w.size(1), layer.stride, layer.padding})});
    parameters.push_back(tape != nullptr ? tape->leaf() : layer.weight.value);
    parameters.push_back(tape != nullptr ? layer.bias.value.detach() : layer.bias.value);
  }
  return ConvolutionsFunction::apply(images, at::TensorList(parameters), std::move(steps), tape,
                                     at::GradMode::is_enabled());
}

}  // namespace peekaboo::worldmodel
