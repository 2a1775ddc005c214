#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "worldmodel/model_config.h"
#include "worldmodel/parameters.h"

namespace peekaboo::worldmodel {

/// Differentiable layers. Activations are f32 or bf16 and set the precision of the products;
/// weights and biases are f32 leaves and get f32 gradients. Internal to worldmodel.

at::ScalarType ToScalarType(Precision precision);

/// x [N, in], weight [out, in], bias [out] -> [N, out] of x's type: x W^T + b, then ReLU if asked.
/// An input that requires no gradient gets none computed.
at::Tensor Linear(const at::Tensor& x, const Weight& weight, const Weight& bias, bool relu);

/// x [N, side, side, in] channels last, weight [out, kernel, kernel, in], bias [out] ->
/// [N, side', side', out]: convolution with zero padding, side' = (side + 2 padding - kernel) /
/// stride + 1. Done as gathering of neighbourhoods in pieces that stay in the cache, and matrix
/// products, which on a CPU is faster than LibTorch's bf16 convolution, most of all on the way
/// back. Every piece is one thread's product, so that an image's numbers do not depend on its
/// neighbours.
at::Tensor Convolution(const at::Tensor& x, const Weight& weight, const Weight& bias,
                       int64_t stride, int64_t padding, bool relu);

}  // namespace peekaboo::worldmodel
