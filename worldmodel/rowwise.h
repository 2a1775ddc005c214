#pragma once

#include <cstdint>

#include "worldmodel/simd.h"

namespace peekaboo::worldmodel {

/// Row-wise kernels around matrix products, for T = float and Bf16. One thread each: callers split
/// the rows.

/// y[r, c] += bias[c], then max(0, .) if `relu`.
template <typename T>
void AddBias(T* y, const float* bias, int64_t rows, int64_t columns, bool relu);

/// What goes back through AddBias: masked = gradient where output > 0 (everywhere if not `relu`),
/// bias_gradient[c] += sum of masked over rows. Only without `relu` may
/// `masked` be `gradient`.
template <typename T>
void AddBiasBackward(const T* output, const T* gradient, T* masked, float* bias_gradient,
                     int64_t rows, int64_t columns, bool relu);

/// sum[i] += x[i]
template <typename T>
void Accumulate(const T* x, float* sum, int64_t count);

}  // namespace peekaboo::worldmodel
