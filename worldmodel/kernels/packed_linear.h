#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/packed_matrix.h"
#include "worldmodel/kernels/parameters.h"

namespace peekaboo::worldmodel {

/// A linear map of few rows that is applied several times in turn, with weights that do not change
/// meanwhile. Borrows them. Internal to worldmodel. Any number of threads at once.
class PackedLinear {
 public:
  /// weight [out, in], bias [out]; `type`: the products' precision.
  PackedLinear(const Weight& weight, const Weight& bias, at::ScalarType type);

  /// x [N, in] of the type -> x W^T + b + added [N, out] f32, `added` f32 or not defined; with
  /// `relu` at least 0, and of the type, as the next map takes it. Differentiable in x and `added`;
  /// the gradients of weight and bias go to `tape`, or where there is none to LibTorch's leaves,
  /// unless they are frozen.
  at::Tensor Apply(const at::Tensor& x, const at::Tensor& added, bool relu,
                   GradientTape* tape = nullptr) const;

  /// What calls share, and their ways back.
  struct Kernel {
    Weight weight, bias;
    at::ScalarType type;
    PackedMatrix ahead;  // W^T
    PackedMatrix back;   // W
  };

 private:
  std::shared_ptr<const Kernel> kernel_;
};

}  // namespace peekaboo::worldmodel
