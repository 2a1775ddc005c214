#include "worldmodel/rowwise.h"

namespace peekaboo::worldmodel {
namespace {

// Overloads, not a template: GCC cannot clone templates' instances.
#define PEEKABOO_ROWWISE(T)                                                                   \
  PEEKABOO_SIMD void AddBiasRow(T* __restrict y, const float* __restrict bias, int64_t n,     \
                                float floor) {                                                \
    for (int64_t c = 0; c < n; ++c) {                                                         \
      const float sum = ToFloat(y[c]) + bias[c];                                              \
      y[c] = FromFloat<T>(sum > floor ? sum : floor);                                         \
    }                                                                                         \
  }                                                                                           \
  PEEKABOO_SIMD void MaskRow(const T* __restrict output, const T* __restrict gradient,        \
                             T* __restrict masked, float* __restrict bias, int64_t n) {       \
    for (int64_t c = 0; c < n; ++c) {                                                         \
      const float all = ToFloat(gradient[c]);                                                 \
      const float g = ToFloat(output[c]) > 0.0f ? all : 0.0f;                                 \
      masked[c] = FromFloat<T>(g);                                                            \
      bias[c] += g;                                                                           \
    }                                                                                         \
  }                                                                                           \
  PEEKABOO_SIMD void AccumulateRow(const T* __restrict x, float* __restrict sum, int64_t n) { \
    for (int64_t c = 0; c < n; ++c) sum[c] += ToFloat(x[c]);                                  \
  }

PEEKABOO_ROWWISE(float)
PEEKABOO_ROWWISE(Bf16)
#undef PEEKABOO_ROWWISE

constexpr float kLowest = -3.4e38f;

}  // namespace

template <typename T>
void AddBias(T* y, const float* bias, int64_t rows, int64_t columns, bool relu) {
  const float floor = relu ? 0.0f : kLowest;
  for (int64_t r = 0; r < rows; ++r) AddBiasRow(y + r * columns, bias, columns, floor);
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

template <typename T>
void Accumulate(const T* x, float* sum, int64_t count) {
  AccumulateRow(x, sum, count);
}

#define PEEKABOO_INSTANTIATE(T)                                                             \
  template void AddBias<T>(T*, const float*, int64_t, int64_t, bool);                       \
  template void AddBiasBackward<T>(const T*, const T*, T*, float*, int64_t, int64_t, bool); \
  template void Accumulate<T>(const T*, float*, int64_t);
PEEKABOO_INSTANTIATE(float)
PEEKABOO_INSTANTIATE(Bf16)
#undef PEEKABOO_INSTANTIATE

}  // namespace peekaboo::worldmodel
