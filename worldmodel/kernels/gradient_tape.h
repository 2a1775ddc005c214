#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "worldmodel/kernels/parameters.h"

namespace peekaboo::worldmodel {

/// Takes the gradients of weights out of a backward pass over a part of a batch (a clip), so that
/// passes may run side by side and their sum has the same bits whoever ran them. Parameters are
/// named by Weight::index. One thread at a time. Internal to worldmodel.
class GradientTape {
 public:
  GradientTape();

  /// Takes a weight's place in the graph of a pass: LibTorch marks a leaf wherever it is used, and
  /// leaves that passes share would be marked by several threads at once. Gets no gradient.
  const at::Tensor& leaf() const { return leaf_; }

  /// The gradient of a weight [out, in] is out_gradient^T input, with out_gradient [rows, out] and
  /// input [rows, in] of one type. Kept as factors: to write out the products of each clip would
  /// take longer than to multiply once for the whole batch.
  void AddProduct(int parameter, const at::Tensor& out_gradient, const at::Tensor& input);
  /// `gradient`, f32, of the parameter's shape.
  void Add(int parameter, const at::Tensor& gradient);

 private:
  friend class GradientSum;
  struct Product {
    int parameter;
    at::Tensor out_gradient, input;
  };
  struct Part {
    int parameter;
    at::Tensor gradient;
  };
  at::Tensor leaf_;
  std::vector<Product> products_;
  std::vector<Part> parts_;
};

/// Norms of the gradients of each ParameterGroup.
struct GradientNorms {
  double main = 0;
  double variance = 0;
};

/// The gradient of a whole batch out of the tapes of its parts, added up in the tapes' order. One
/// thread at a time, but for the tasks.
class GradientSum {
 public:
  explicit GradientSum(const Parameters& parameters);

  /// Begins a sum.
  void Begin();
  /// Takes the products that the tapes hold now. Each task computes a piece of the sum; they may
  /// run in any order, side by side. The products of one parameter may be taken only once between
  /// Begin and Finish.
  std::vector<std::function<void()>> TakeProducts(std::span<GradientTape> tapes);
  /// Adds what else the tapes hold, on the calling thread; call it when all tasks are done. Then
  /// flat() is the gradient, zero for parameters that no tape names, until the next Begin.
  void Finish(std::span<GradientTape> tapes);

  /// [flat size of the parameters] f32, as the parameters lie.
  const at::Tensor& flat() const { return flat_; }
  GradientNorms Norms() const;

 private:
  struct State {
    bool written = false;         // flat_ has a sum of this parameter
    std::vector<double> squares;  // sums of squares of its pieces, taken while they are in a cache
  };
  at::Tensor Slot(int parameter) const;

  const Parameters& parameters_;
  at::Tensor flat_;
  std::vector<State> states_;  // of each parameter
  bool begun_ = false;
};

}  // namespace peekaboo::worldmodel
