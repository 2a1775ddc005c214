#include "worldmodel/gradient_tape.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include "sim/check.h"
#include "worldmodel/products.h"
#include "worldmodel/rowwise.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kTaskNumbers = 1 << 17;  // of a weight's gradient: they stay in a cache

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

std::vector<std::function<void()>> GradientSum::TakeProducts(std::span<GradientTape> tapes) {
  std::ranges::fill(states_, State());
  std::map<int, std::vector<GradientTape::Product>> by_parameter;
  for (GradientTape& tape : tapes) {
    for (GradientTape::Product& product : tape.products_)
      by_parameter[product.parameter].push_back(std::move(product));
    tape.products_.clear();
  }
  std::vector<std::function<void()>> tasks;
  for (auto& [parameter, products] : by_parameter) {
    const at::Tensor sum = Slot(parameter).flatten(1);
    const int64_t rows = sum.size(0);
    const int64_t block = std::clamp<int64_t>(kTaskNumbers / sum.size(1), 1, rows);
    State& state = states_[parameter];
    state.written = true;
    state.squares.resize((rows + block - 1) / block);
    const auto shared =
        std::make_shared<const std::vector<GradientTape::Product>>(std::move(products));
    for (int64_t first = 0; first < rows; first += block) {
      double* square = &state.squares[first / block];
      tasks.push_back([sum, shared, square, first, count = std::min(block, rows - first)] {
        const at::Tensor piece = sum.narrow(0, first, count);
        bool add = false;
        for (const GradientTape::Product& product : *shared) {
          Multiply(product.out_gradient.narrow(1, first, count).t(), product.input, piece, add);
          add = true;
        }
        *square = SumOfSquares(piece.data_ptr<float>(), piece.numel());
      });
    }
  }
  return tasks;
}

void GradientSum::Finish(std::span<GradientTape> tapes) {
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
