#include "worldmodel/kernels/gradient_tape.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/rowwise.h"

namespace peekaboo::worldmodel {
namespace {

// A task makes a piece of a weight's gradient that stays in a cache. Its size must not depend on
// how many windows the encoder found: in bf16 oneDNN has a kernel for each shape.
constexpr int64_t kTaskNumbers = 1 << 17;
constexpr int64_t kTaskColumns = 256;
constexpr int64_t kJoinedRows = 128;  // products over fewer are slow

// Factors of a weight's gradient. Those of several clips are joined, by the
// thread that needs them first.
class Factors {
 public:
  void Add(const at::Tensor& out_gradient, const at::Tensor& input) {
    out_gradients_.push_back(out_gradient);
    inputs_.push_back(input);
    rows_ += input.size(0);
  }
  int64_t rows() const { return rows_; }
  void Join() {
    const std::lock_guard lock(mutex_);
    if (out_gradients_.empty()) return;
    const at::AutoDispatchBelowAutograd no_graph;
    out_gradient_ = Joined(out_gradients_).t();
    // Faster in f32; in bf16 the distance between rows would be another for each number of windows.
    if (out_gradient_.scalar_type() == at::kFloat) out_gradient_ = out_gradient_.contiguous();
    input_ = Joined(inputs_);
    out_gradients_.clear();
    inputs_.clear();
  }
  /// [out, rows] and [rows, in], once they are joined.
  const at::Tensor& out_gradient() const { return out_gradient_; }
  const at::Tensor& input() const { return input_; }

 private:
  static at::Tensor Joined(const std::vector<at::Tensor>& parts) {
    return parts.size() == 1 ? parts.front() : at::cat(parts);
  }

  std::vector<at::Tensor> out_gradients_, inputs_;
  int64_t rows_ = 0;
  std::mutex mutex_;
  at::Tensor out_gradient_, input_;
};

// The length of each of equal pieces of `whole`, none above `most`.
int64_t EvenPiece(int64_t whole, int64_t most) {
  const int64_t pieces = (whole + most - 1) / most;
  return (whole + pieces - 1) / pieces;
}

// How a sum of [rows, columns] is cut into pieces.
struct Pieces {
  Pieces(int64_t rows, int64_t columns)
      : height(EvenPiece(rows, std::max<int64_t>(kTaskNumbers / columns, 1))),
        width(EvenPiece(columns, kTaskColumns)),
        count((rows + height - 1) / height * ((columns + width - 1) / width)) {}

  int64_t height, width, count;
};

// Of a piece, whose rows are contiguous.
double PieceSquares(const at::Tensor& piece) {
  double sum = 0;
  for (int64_t row = 0; row < piece.size(0); ++row)
    sum += SumOfSquares(piece.data_ptr<float>() + row * piece.stride(0), piece.size(1));
  return sum;
}

}  // namespace

GradientTape::GradientTape() : leaf_(at::empty({0}, at::kFloat).set_requires_grad(true)) {}

void GradientTape::AddProduct(int parameter, const at::Tensor& out_gradient,
                              const at::Tensor& input) {
  PEEKABOO_CHECK(parameter >= 0 && out_gradient.size(0) == input.size(0));
  products_.push_back({parameter, out_gradient, input});
}

void GradientTape::Add(int parameter, const at::Tensor& gradient) {
  PEEKABOO_CHECK(parameter >= 0);
  parts_.push_back({parameter, gradient});
}

GradientSum::GradientSum(const Parameters& parameters)
    : parameters_(parameters),
      flat_(at::zeros_like(parameters.flat())),
      states_(parameters.entries().size()) {}

at::Tensor GradientSum::Slot(int parameter) const {
  const Parameters::Entry& entry = parameters_.entries()[parameter];
  return flat_.narrow(0, entry.offset, entry.weight.value.numel()).view(entry.shape);
}

void GradientSum::Begin() {
  std::ranges::fill(states_, State());
  begun_ = true;
}

std::vector<std::function<void()>> GradientSum::TakeProducts(std::span<GradientTape> tapes) {
  PEEKABOO_CHECK(begun_);
  using AllFactors = std::deque<Factors>;
  std::map<int, std::shared_ptr<AllFactors>> by_parameter;
  for (GradientTape& tape : tapes) {
    for (const auto& [parameter, out_gradient, input] : tape.products_) {
      std::shared_ptr<AllFactors>& factors = by_parameter[parameter];
      if (!factors) factors = std::make_shared<AllFactors>();
      if (factors->empty() || factors->back().rows() >= kJoinedRows) factors->emplace_back();
      factors->back().Add(out_gradient, input);
    }
    tape.products_.clear();
  }
  std::vector<std::function<void()>> tasks;
  for (const auto& [parameter, factors] : by_parameter) {
    const at::Tensor sum = Slot(parameter).flatten(1);
    const Pieces pieces(sum.size(0), sum.size(1));
    State& state = states_[parameter];
    PEEKABOO_CHECK(!state.written);
    state.written = true;
    state.squares.resize(pieces.count);
    double* square = state.squares.data();
    for (int64_t row = 0; row < sum.size(0); row += pieces.height) {
      for (int64_t column = 0; column < sum.size(1); column += pieces.width, ++square) {
        const int64_t height = std::min(pieces.height, sum.size(0) - row);
        const int64_t width = std::min(pieces.width, sum.size(1) - column);
        tasks.push_back([=, shared = factors] {
          const at::Tensor piece = sum.narrow(0, row, height).narrow(1, column, width);
          bool add = false;
          for (Factors& product : *shared) {
            product.Join();
            Multiply(product.out_gradient().narrow(0, row, height),
                     product.input().narrow(1, column, width), piece, add);
            add = true;
          }
          *square = PieceSquares(piece);
        });
      }
    }
  }
  return tasks;
}

void GradientSum::Finish(std::span<GradientTape> tapes) {
  PEEKABOO_CHECK(std::exchange(begun_, false));
  const at::NoGradGuard no_gradient;
  std::vector<bool> changed(states_.size());
  for (GradientTape& tape : tapes) {
    for (const GradientTape::Product& product : tape.products_) {
      State& state = states_[product.parameter];
      Multiply(product.out_gradient.t(), product.input, Slot(product.parameter).flatten(1),
               state.written);
      state.written = changed[product.parameter] = true;
    }
    for (const GradientTape::Part& part : tape.parts_) {
      State& state = states_[part.parameter];
      at::Tensor sum = Slot(part.parameter);
      if (state.written) {
        sum.add_(part.gradient);
      } else {
        sum.copy_(part.gradient);
      }
      state.written = changed[part.parameter] = true;
    }
    tape.products_.clear();
    tape.parts_.clear();
  }
  for (size_t i = 0; i < states_.size(); ++i) {
    const at::Tensor sum = Slot(static_cast<int>(i));
    if (!states_[i].written) sum.zero_();
    if (changed[i]) states_[i].squares = {SumOfSquares(sum.data_ptr<float>(), sum.numel())};
  }
}

GradientNorms GradientSum::Norms() const {
  GradientNorms norms;
  for (size_t i = 0; i < states_.size(); ++i) {
    const ParameterGroup group = parameters_.entries()[i].group;
    double& norm = group == ParameterGroup::kMain ? norms.main : norms.variance;
    for (const double square : states_[i].squares) norm += square;
  }
  return {std::sqrt(norms.main), std::sqrt(norms.variance)};
}

}  // namespace peekaboo::worldmodel
