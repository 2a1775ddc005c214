#pragma once

#include <bit>
#include <cstdint>

/// Compiles a function once for each of these processors and picks at run time: the build stays
/// portable, hot loops still use what the machine has. Only for leaf functions without OpenMP
/// parallel regions (they are outlined, and not cloned). Sanitizers start too late for the
/// resolvers.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PEEKABOO_SIMD __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define PEEKABOO_SIMD
#endif
/// For what a PEEKABOO_SIMD function calls: inlined, so compiled for the same processor.
#define PEEKABOO_SIMD_INLINE inline __attribute__((always_inline))

namespace peekaboo::worldmodel {

/// A bf16 number as it lies in memory: the upper half of an f32.
struct Bf16 {
  uint16_t bits;
};

PEEKABOO_SIMD_INLINE float ToFloat(float x) { return x; }
PEEKABOO_SIMD_INLINE float ToFloat(Bf16 x) {
  return std::bit_cast<float>(static_cast<uint32_t>(x.bits) << 16);
}

/// Rounds to nearest, ties to even. The NaN that arithmetic makes stays NaN.
template <typename T>
PEEKABOO_SIMD_INLINE T FromFloat(float x);
template <>
PEEKABOO_SIMD_INLINE float FromFloat<float>(float x) {
  return x;
}
template <>
PEEKABOO_SIMD_INLINE Bf16 FromFloat<Bf16>(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return {static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}

/// e^x within 2 units in the last place, for x in [-87, 88], saturating outside: a polynomial that
/// the compiler can vectorise.
PEEKABOO_SIMD_INLINE float Exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  // x = n ln 2 + r, |r| <= ln 2 / 2; adding 1.5 * 2^23 rounds to the nearest integer.
  const float shifted = x * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t exponent = std::bit_cast<int32_t>(shifted)
                           << 23;  // n * 2^23, the shift drops the rest
  return std::bit_cast<float>(std::bit_cast<int32_t>(p) + exponent);
}

PEEKABOO_SIMD_INLINE float Sigmoid(float x) { return 1.0f / (1.0f + Exp(-x)); }

PEEKABOO_SIMD_INLINE float Tanh(float x) {
  const float e = Exp(-2.0f * (x < 0 ? -x : x));
  const float t = (1.0f - e) / (1.0f + e);
  return x < 0 ? -t : t;
}

}  // namespace peekaboo::worldmodel
