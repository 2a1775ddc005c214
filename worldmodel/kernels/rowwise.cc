#include "worldmodel/kernels/rowwise.h"

#include <algorithm>
#include <vector>

namespace peekaboo::worldmodel {
namespace {

// Overloads, not a template: GCC cannot clone templates' instances.
#define PEEKABOO_ROWWISE(T)                                                                    \
  PEEKABOO_SIMD void AddBiasRow(T* __restrict y, const float* __restrict bias, int64_t n,      \
                                float floor) {                                                 \
    for (int64_t c = 0; c < n; ++c) {                                                          \
      const float sum = ToFloat(y[c]) + bias[c];                                               \
      y[c] = FromFloat<T>(sum > floor ? sum : floor);                                          \
    }                                                                                          \
  }                                                                                            \
  PEEKABOO_SIMD void AddTermsRow(const float* one, const float* __restrict other,              \
                                 const float* __restrict bias, T* y, int64_t n, float floor) { \
    for (int64_t c = 0; c < n; ++c) {                                                          \
      const float sum = one[c] + other[c] + bias[c];                                           \
      y[c] = FromFloat<T>(sum > floor ? sum : floor);                                          \
    }                                                                                          \
  }                                                                                            \
  PEEKABOO_SIMD void MaskRow(const T* __restrict output, const T* __restrict gradient,         \
                             T* __restrict masked, float* __restrict bias, int64_t n) {        \
    for (int64_t c = 0; c < n; ++c) {                                                          \
      const float all = ToFloat(gradient[c]);                                                  \
      const float g = ToFloat(output[c]) > 0.0f ? all : 0.0f;                                  \
      masked[c] = FromFloat<T>(g);                                                             \
      bias[c] += g;                                                                            \
    }                                                                                          \
  }                                                                                            \
  PEEKABOO_SIMD void AccumulateRow(const T* __restrict x, float* __restrict sum, int64_t n) {  \
    for (int64_t c = 0; c < n; ++c) sum[c] += ToFloat(x[c]);                                   \
  }                                                                                            \
  PEEKABOO_SIMD void AddRowsTo(const T* __restrict x, const RowGroups& groups,                 \
                               float* __restrict sum) {                                        \
    const RowGroups g = groups;                                                                \
    for (int64_t i = 0; i < g.count * g.group; ++i, x += g.columns) {                          \
      const int64_t row = g.rows[i / g.group * g.stride + i % g.group];                        \
      if (row < 0) continue;                                                                   \
      float* __restrict to = sum + row * g.columns;                                            \
      for (int64_t c = 0; c < g.columns; ++c) to[c] += ToFloat(x[c]);                          \
    }                                                                                          \
  }

PEEKABOO_SIMD float SumOfSquaresPiece(const float* __restrict x, int64_t n) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return sum;
}

PEEKABOO_ROWWISE(float)
PEEKABOO_ROWWISE(Bf16)
#undef PEEKABOO_ROWWISE

constexpr float kLowest = -3.4e38f;
constexpr int64_t kSquaresAtOnce = 8192;

}  // namespace

template <typename T>
void AddBias(T* y, const float* bias, int64_t rows, int64_t columns, bool relu) {
  const float floor = relu ? 0.0f : kLowest;
  for (int64_t r = 0; r < rows; ++r) AddBiasRow(y + r * columns, bias, columns, floor);
}

template <typename T>
void AddTerms(const BiasedSum& terms, T* y, int64_t rows, int64_t columns, bool relu) {
  const float floor = relu ? 0.0f : kLowest;
  const std::vector<float> none(terms.other == nullptr ? columns : 0);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * columns;
    AddTermsRow(terms.one + at, terms.other != nullptr ? terms.other + at : none.data(), terms.bias,
                y + at, columns, floor);
  }
}

template <typename T>
void AddBiasBackward(const T* output, const T* gradient, T* masked, float* bias_gradient,
                     int64_t rows, int64_t columns, bool relu) {
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * columns;
    if (relu) {
      MaskRow(output + at, gradient + at, masked + at, bias_gradient, columns);
    } else {
      AccumulateRow(gradient + at, bias_gradient, columns);
      if (masked != gradient) {
        for (int64_t c = 0; c < columns; ++c) masked[at + c] = gradient[at + c];
      }
    }
  }
}

void AddRows(const float* x, const RowGroups& to, float* sum) { AddRowsTo(x, to, sum); }

void AddRows(const Bf16* x, const RowGroups& to, float* sum) { AddRowsTo(x, to, sum); }

double SumOfSquares(const float* x, int64_t count) {
  double sum = 0;
  for (int64_t at = 0; at < count; at += kSquaresAtOnce)
    sum += SumOfSquaresPiece(x + at, std::min(kSquaresAtOnce, count - at));
  return sum;
}

#define PEEKABOO_INSTANTIATE(T)                                            \
  template void AddBias<T>(T*, const float*, int64_t, int64_t, bool);      \
  template void AddTerms<T>(const BiasedSum&, T*, int64_t, int64_t, bool); \
  template void AddBiasBackward<T>(const T*, const T*, T*, float*, int64_t, int64_t, bool);
PEEKABOO_INSTANTIATE(float)
PEEKABOO_INSTANTIATE(Bf16)
#undef PEEKABOO_INSTANTIATE

}  // namespace peekaboo::worldmodel
