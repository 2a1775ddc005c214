#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {

/// The numbers of a tensor as the loops take them: float or Bf16.
template <typename T>
T* Data(const at::Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}

/// Calls body with a null pointer of the C++ type of the numbers, f32 or bf16.
template <typename Body>
void WithType(at::ScalarType type, const Body& body) {
  if (type == at::kFloat) {
    body(static_cast<float*>(nullptr));
  } else {
    body(static_cast<Bf16*>(nullptr));
  }
}

}  // namespace peekaboo::worldmodel
