#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/kernels/precision.h"

namespace peekaboo::worldmodel {

/// Differentiable layers, each on the calling thread alone. Activations are f32 or bf16 and set the
/// precision of the products; weights and biases are f32 leaves. Their gradients go to `tape`, or
/// where there is none to the leaves, as LibTorch does it. Internal to worldmodel.

at::ScalarType ToScalarType(Precision precision);

/// x [N, in], weight [out, in], bias [out] -> [N, out] of x's type: x W^T + b, then ReLU if asked.
/// Gradients that nobody asks for (of an input without one, of frozen weights) are not computed.
at::Tensor Linear(const at::Tensor& x, const Weight& weight, const Weight& bias, bool relu,
                  GradientTape* tape = nullptr);

/// A convolution with zero padding: weight [out, kernel, kernel, in], bias [out], ReLU if asked.
struct ConvolutionLayer {
  Weight weight, bias;
  int64_t stride, padding;
  bool relu;
};

/// x [N, side, side, in], channels last -> [N, side', side', out] through one layer after another,
/// side' = (side + 2 padding - kernel) / stride + 1. The images are taken as a film: a window in
/// which nothing has changed since the image before is not worked out again (row_map.h), and not on
/// the way back either: gradients of the same window are added up first. The numbers are those of
/// any convolution, but for rounding; films of the nursery need a fifth of its multiplications.
/// Where x requires a gradient, which is another for each image, nothing is shared. Until the way
/// back is done each new window is kept, kernel^2 in numbers.
at::Tensor Convolutions(const at::Tensor& x, std::span<const ConvolutionLayer> layers,
                        GradientTape* tape = nullptr);

/// One layer of them.
inline at::Tensor Convolution(const at::Tensor& x, const Weight& weight, const Weight& bias,
                              int64_t stride, int64_t padding, bool relu,
                              GradientTape* tape = nullptr) {
  const ConvolutionLayer layer{weight, bias, stride, padding, relu};
  return Convolutions(x, {&layer, 1}, tape);
}

}  // namespace peekaboo::worldmodel
