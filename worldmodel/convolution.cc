#include <torch/torch.h>

#include <algorithm>
#include <cstring>

#include "sim/check.h"
#include "worldmodel/layers.h"
#include "worldmodel/neighbourhood.h"
#include "worldmodel/rowwise.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows of a matrix product: enough to keep it busy, few enough for its operands to stay in a cache.
constexpr int64_t kPieceRows = 512;
// Partial sums of weight gradients, fixed so that the bits do not depend on the thread count.
constexpr int64_t kPartialSums = 8;

struct Geometry {
  int64_t images, side, in, out, kernel, stride, padding;

  int64_t OutSide() const { return (side + 2 * padding - kernel) / stride + 1; }
  int64_t Positions() const { return OutSide() * OutSide(); }
  int64_t PieceImages() const { return std::max<int64_t>(1, kPieceRows / Positions()); }
  int64_t Pieces() const { return (images + PieceImages() - 1) / PieceImages(); }

  Neighbourhood Inputs() const {
    Neighbourhood n{side, OutSide(), stride, {}};
    for (int64_t ky = 0; ky < kernel; ++ky) n.rows.push_back({ky - padding, -padding, kernel});
    return n;
  }
};

// The gradient of the input at positions (y, x) = (phase_y, phase_x) modulo the stride is itself a
// convolution of the output's gradient, with every stride-th tap of the kernel.
struct Phase {
  int64_t y, x;
  Neighbourhood outputs;
  at::Tensor weight;  // [taps * out, in]
};

// Taps of one axis whose outputs an input at `phase` feeds, by ascending output offset.
std::vector<std::pair<int64_t, int64_t>> PhaseTaps(const Geometry& g, int64_t phase) {
  std::vector<std::pair<int64_t, int64_t>> taps;  // offset of the output, tap
  for (int64_t k = g.kernel - 1; k >= 0; --k) {
    const int64_t distance = phase + g.padding - k;
    if ((distance % g.stride + g.stride) % g.stride == 0) taps.push_back({distance / g.stride, k});
  }
  return taps;
}

std::vector<Phase> Phases(const Geometry& g, const at::Tensor& weight) {
  std::vector<Phase> phases;
  for (int64_t py = 0; py < g.stride; ++py) {
    for (int64_t px = 0; px < g.stride; ++px) {
      const auto tap_rows = PhaseTaps(g, py), tap_columns = PhaseTaps(g, px);
      Phase phase{py, px, {g.OutSide(), g.side / g.stride, 1, {}}, {}};
      std::vector<at::Tensor> taps;
      for (const auto& [dy, ky] : tap_rows) {
        phase.outputs.rows.push_back(
            {dy, tap_columns.front().first, static_cast<int64_t>(tap_columns.size())});
        for (const auto& [dx, kx] : tap_columns) taps.push_back(weight.select(1, ky).select(1, kx));
      }
      phase.weight = at::cat(taps, 0);
      phases.push_back(std::move(phase));
    }
  }
  return phases;
}

void Product(const at::Tensor& a, const at::Tensor& b, at::Tensor result) {
  at::mm_out(result, a, b);
}

at::Tensor Wrap(std::byte* data, int64_t rows, int64_t columns, at::ScalarType type) {
  return at::from_blob(data, {rows, columns}, at::TensorOptions(type));
}

class ConvolutionFunction : public torch::autograd::Function<ConvolutionFunction> {
 public:
  // `weight` only takes the gradient; `w` is what it is in x's precision.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& /*weight*/, const at::Tensor& w,
                            const at::Tensor& bias, int64_t stride, int64_t padding, bool relu) {
    const Geometry g{x.size(0), x.size(1), x.size(3), w.size(0), w.size(1), stride, padding};
    at::Tensor y = at::empty({g.images, g.OutSide(), g.OutSide(), g.out}, x.options());
    const at::Tensor w_matrix = w.view({g.out, -1}).t();
    const Neighbourhood inputs = g.Inputs();
    const int64_t size = x.element_size();
    at::parallel_for(0, g.Pieces(), 1, [&](int64_t begin, int64_t end) {
      const at::AutoDispatchBelowAutograd no_graph;
      const at::Tensor columns =
          at::empty({g.PieceImages() * g.Positions(), w_matrix.size(0)}, x.options());
      std::byte* gathered = static_cast<std::byte*>(columns.data_ptr());
      for (int64_t piece = begin; piece < end; ++piece) {
        const int64_t first = piece * g.PieceImages();
        const int64_t count = std::min(g.PieceImages(), g.images - first);
        const int64_t rows = count * g.Positions(), row_bytes = w_matrix.size(0) * size;
        for (int64_t i = 0; i < count; ++i) {
          Gather(inputs, Image(x, first + i), g.in * size,
                 gathered + i * g.Positions() * row_bytes);
        }
        Product(columns.narrow(0, 0, rows), w_matrix,
                Wrap(Image(y, first), rows, g.out, y.scalar_type()));
        const float* b = bias.data_ptr<float>();
        if (y.scalar_type() == at::kFloat) {
          AddBias(reinterpret_cast<float*>(Image(y, first)), b, rows, g.out, relu);
        } else {
          AddBias(reinterpret_cast<Bf16*>(Image(y, first)), b, rows, g.out, relu);
        }
      }
    });
    context->save_for_backward({x, w, relu ? y : at::Tensor()});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1];
    const Geometry g{x.size(0),
                     x.size(1),
                     x.size(3),
                     w.size(0),
                     w.size(1),
                     context->saved_data["stride"].toInt(),
                     context->saved_data["padding"].toInt()};
    const bool wants_input = context->needs_input_grad(0);
    const at::Tensor x_gradient = wants_input ? at::empty_like(x) : at::Tensor();
    const std::vector<Phase> phases = wants_input ? Phases(g, w) : std::vector<Phase>();
    const int64_t parts = std::min(kPartialSums, g.Pieces());
    const at::Tensor w_parts = at::zeros({parts, g.out, w.numel() / g.out}, at::kFloat);
    const at::Tensor b_parts = at::zeros({parts, g.out}, at::kFloat);
    const at::Tensor gradient = gradients[0].contiguous();
    at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
      const at::AutoDispatchBelowAutograd no_graph;
      for (int64_t part = begin; part < end; ++part) {
        if (x.scalar_type() == at::kFloat) {
          BackwardPart<float>(g, part, parts, x, saved[2], gradient, phases, x_gradient,
                              w_parts[part], b_parts[part]);
        } else {
          BackwardPart<Bf16>(g, part, parts, x, saved[2], gradient, phases, x_gradient,
                             w_parts[part], b_parts[part]);
        }
      }
    });
    return {x_gradient,   w_parts.sum(0).view(w.sizes()),
            at::Tensor(), b_parts.sum(0),
            at::Tensor(), at::Tensor(),
            at::Tensor()};
  }

 private:
  static std::byte* Image(const at::Tensor& x, int64_t index) {
    return static_cast<std::byte*>(x.data_ptr()) + index * x.stride(0) * x.element_size();
  }

  template <typename T>
  static void BackwardPart(const Geometry& g, int64_t part, int64_t parts, const at::Tensor& x,
                           const at::Tensor& y, const at::Tensor& gradient,
                           const std::vector<Phase>& phases, const at::Tensor& x_gradient,
                           const at::Tensor& w_sum, const at::Tensor& b_sum) {
    const Neighbourhood inputs = g.Inputs();
    const int64_t piece_rows = g.PieceImages() * g.Positions();
    const int64_t row_size = w_sum.size(1);
    int64_t most_columns = row_size * g.Positions();
    for (const Phase& phase : phases) {
      most_columns = std::max(
          most_columns, phase.weight.size(0) * phase.outputs.out_side * phase.outputs.out_side);
    }
    const at::Tensor scratch = at::empty({g.PieceImages() * most_columns}, x.options());
    const at::Tensor masked = at::empty({piece_rows, g.out}, x.options());
    const at::Tensor product = at::empty({g.out, row_size}, x.options());
    for (int64_t piece = part; piece < g.Pieces(); piece += parts) {
      const int64_t first = piece * g.PieceImages();
      const int64_t count = std::min(g.PieceImages(), g.images - first);
      const int64_t rows = count * g.Positions();
      AddBiasBackward(y.defined() ? reinterpret_cast<const T*>(Image(y, first)) : nullptr,
                      reinterpret_cast<const T*>(Image(gradient, first)),
                      static_cast<T*>(masked.data_ptr()), b_sum.data_ptr<float>(), rows, g.out,
                      y.defined());
      std::byte* gathered = static_cast<std::byte*>(scratch.data_ptr());
      for (int64_t i = 0; i < count; ++i) {
        Gather(inputs, Image(x, first + i), g.in * sizeof(T),
               gathered + i * g.Positions() * row_size * sizeof(T));
      }
      Product(masked.narrow(0, 0, rows).t(), Wrap(gathered, rows, row_size, x.scalar_type()),
              product);
      Accumulate(static_cast<const T*>(product.data_ptr()), w_sum.data_ptr<float>(),
                 g.out * row_size);
      for (const Phase& phase : phases) {
        InputGradient<T>(g, phase, first, count, masked, scratch, x_gradient);
      }
    }
  }

  template <typename T>
  static void InputGradient(const Geometry& g, const Phase& phase, int64_t first, int64_t count,
                            const at::Tensor& masked, const at::Tensor& scratch,
                            const at::Tensor& x_gradient) {
    const int64_t positions = phase.outputs.out_side * phase.outputs.out_side;
    const int64_t row_size = phase.weight.size(0);
    std::byte* gathered = static_cast<std::byte*>(scratch.data_ptr());
    for (int64_t i = 0; i < count; ++i) {
      Gather(phase.outputs, static_cast<const T*>(masked.data_ptr()) + i * g.Positions() * g.out,
             g.out * sizeof(T), gathered + i * positions * row_size * sizeof(T));
    }
    const at::Tensor columns = Wrap(gathered, count * positions, row_size, masked.scalar_type());
    if (g.stride == 1) {
      Product(columns, phase.weight,
              Wrap(Image(x_gradient, first), count * positions, g.in, masked.scalar_type()));
      return;
    }
    const at::Tensor values = at::mm(columns, phase.weight);
    const T* value = static_cast<const T*>(values.data_ptr());
    for (int64_t i = 0; i < count; ++i) {
      T* image = reinterpret_cast<T*>(Image(x_gradient, first + i));
      for (int64_t y = phase.y; y < g.side; y += g.stride) {
        for (int64_t x = phase.x; x < g.side; x += g.stride, value += g.in) {
          std::memcpy(image + (y * g.side + x) * g.in, value, g.in * sizeof(T));
        }
      }
    }
  }
};

}  // namespace

at::Tensor Convolution(const at::Tensor& x, const Weight& weight, const Weight& bias,
                       int64_t stride, int64_t padding, bool relu) {
  const at::Tensor w = weight.As(x.scalar_type()).detach();
  PEEKABOO_CHECK(x.dim() == 4 && x.size(1) == x.size(2) && x.size(3) == w.size(3));
  PEEKABOO_CHECK(w.size(1) == w.size(2) && w.size(1) >= stride && x.size(1) % stride == 0);
  return ConvolutionFunction::apply(x.contiguous(), weight.value, w, bias.value, stride, padding,
                                    relu);
}

}  // namespace peekaboo::worldmodel
