#pragma once

#include <ATen/ATen.h>

namespace peekaboo::worldmodel {

/// Numbers in (-1, 1) that look like noise, f32; the same for the same shape and seed.
inline at::Tensor Noise(at::IntArrayRef shape, double seed = 0) {
  at::Tensor x = at::arange(1, 1 + c10::multiply_integers(shape), at::kDouble) + 1000 * seed;
  return (x * 12.9898).sin().mul(43758.5453).frac().to(at::kFloat).view(shape);
}

}  // namespace peekaboo::worldmodel
