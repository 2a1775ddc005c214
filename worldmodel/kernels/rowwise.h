#pragma once

#include <cstdint>

#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {

/// Row-wise kernels around matrix products, for T = float and Bf16, on the calling thread.

/// y[r, c] += bias[c], then max(0, .) if `relu`.
template <typename T>
void AddBias(T* y, const float* bias, int64_t rows, int64_t columns, bool relu);

/// Numbers [rows, columns] f32 to be added up, with those of a bias in each row.
struct BiasedSum {
  const float* one;
  const float* other;  ///< nullptr: none
  const float* bias;   ///< [columns]
};
/// y = one + other + bias, then max(0, .) if `relu`. y may be `one`.
template <typename T>
void AddTerms(const BiasedSum& terms, T* y, int64_t rows, int64_t columns, bool relu);

/// What goes back through AddBias: masked = gradient where output > 0 (everywhere if not `relu`),
/// bias_gradient[c] += sum of masked over rows. Only without `relu` may
/// `masked` be `gradient`.
template <typename T>
void AddBiasBackward(const T* output, const T* gradient, T* masked, float* bias_gradient,
                     int64_t rows, int64_t columns, bool relu);

/// sum[rows[i * stride + j]] += x[i, j] for x [count, group, columns], in order; a number below 0
/// leaves its row out.
struct RowGroups {
  const int32_t* rows;
  int64_t stride, count, group, columns;
};
void AddRows(const float* x, const RowGroups& to, float* sum);
void AddRows(const Bf16* x, const RowGroups& to, float* sum);

/// Sum of squares of many numbers: in f32 over some thousands, in f64 over those sums.
double SumOfSquares(const float* x, int64_t count);

}  // namespace peekaboo::worldmodel
