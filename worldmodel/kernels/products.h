#pragma once

#include <ATen/core/Tensor.h>

namespace peekaboo::worldmodel {

/// c = a b, or c += a b: matrices a [M, K], b [K, N] of one type, f32 or bf16, rows or columns
/// contiguous (transposed views are allowed); c [M, N] f32 or that type, rows contiguous. Sums are
/// f32. On the calling thread alone. oneDNN's products: on small matrices up to twice as fast as
/// LibTorch's way to OpenBLAS. Where a processor has none in bf16, the factors are widened first.
void Multiply(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c, bool add = false);

/// sum [columns] += row [size] B, all f32, for B [size, columns], or for its transpose as it lies
/// if `transposed`. For loops in which a tensor's view would take as long as the product.
void AddRowProduct(const float* row, int64_t size, const float* b, bool transposed, float* sum,
                   int64_t columns);

/// Multiplications and additions that the calling thread has done here since it began.
double ProductOperations();

/// Of a product that was not made by Multiply.
void CountProduct(double operations);

/// a b as a new matrix of their type.
at::Tensor Multiplied(const at::Tensor& a, const at::Tensor& b);

}  // namespace peekaboo::worldmodel
