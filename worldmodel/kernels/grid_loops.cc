#include "worldmodel/kernels/grid_loops.h"

#include <dnnl.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#if defined(__x86_64__)
#include <immintrin.h>
#define PEEKABOO_TARGET(...) __attribute__((target(__VA_ARGS__)))
#else
#define PEEKABOO_TARGET(...)
#endif

namespace peekaboo::worldmodel {
namespace {

constexpr int kTaps = 9;
constexpr int kFewRows = 2;  // of images that are left over, at once

// The taps of a position that lie inside the image, and the positions that they look at.
struct Taps {
  int count = 0;
  int64_t tap[kTaps], source[kTaps];

  Taps(int64_t side, int64_t position) {
    for (int t = 0; t < kTaps; ++t) {
      const int64_t row = position / side + t / 3 - 1, column = position % side + t % 3 - 1;
      if (row < 0 || column < 0 || row >= side || column >= side) continue;
      tap[count] = t;
      source[count++] = row * side + column;
    }
  }
};

// One position and some of its outputs, for all images.
template <typename T>
struct Place {
  Taps taps;
  int64_t images = 0, in = 0, columns = 0;
  int64_t x_image = 0, y_image = 0;  // numbers from an image to the next
  int64_t outputs = 0;               // to write
  bool relu = false;
  const float* of_position = nullptr;  // [outputs]
  const float* of_image = nullptr;     // [images, image_terms]
  int64_t image_terms = 0;
  T* y = nullptr;

  explicit Place(const Taps& own) : taps(own) {}
};

template <typename T>
PEEKABOO_SIMD_INLINE void Write(const float* __restrict sums, int width, int64_t image,
                                const Place<T>& place) {
  T* __restrict to = place.y + image * place.y_image;
  float row[64];
  for (int i = 0; i < width; ++i) row[i] = sums[i];
  const auto add = [&](const float* __restrict terms) {
    if (place.outputs >= width) {
      for (int i = 0; i < width; ++i) row[i] += terms[i];
    } else {
      for (int i = 0; i < place.outputs; ++i) row[i] += terms[i];
    }
  };
  if (place.of_position) add(place.of_position);
  if (place.of_image) add(place.of_image + image * place.image_terms);
  const float floor = place.relu ? 0.0f : -3.4e38f;
  if (place.outputs >= width) {
    for (int i = 0; i < width; ++i) to[i] = FromFloat<T>(row[i] > floor ? row[i] : floor);
  } else {
    for (int i = 0; i < place.outputs; ++i) to[i] = FromFloat<T>(row[i] > floor ? row[i] : floor);
  }
}

// The outputs of `Rows` images from `image` on. Their sums stay in registers.
template <typename Vector, int Rows, int Vectors, typename T>
PEEKABOO_SIMD_INLINE void MultiplyRows(const float* x, const float* weights, int64_t image,
                                       const Place<T>& place) {
  constexpr int kWidth = sizeof(Vector) / sizeof(float);
  Vector sums[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) sums[r][v] = Vector{};
  const float* rows = x + image * place.x_image;
  for (int t = 0; t < place.taps.count; ++t) {
    const float* from = rows + place.taps.source[t] * place.in;
    const float* weight = weights + place.taps.tap[t] * place.in * place.columns;
    for (int64_t c = 0; c < place.in; ++c, weight += place.columns) {
      Vector w[Vectors];
      for (int v = 0; v < Vectors; ++v) std::memcpy(&w[v], weight + v * kWidth, sizeof(Vector));
      for (int r = 0; r < Rows; ++r)
        for (int v = 0; v < Vectors; ++v) sums[r][v] += from[r * place.x_image + c] * w[v];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    float row[kWidth * Vectors];
    for (int v = 0; v < Vectors; ++v) std::memcpy(row + v * kWidth, &sums[r][v], sizeof(Vector));
    Write(row, kWidth * Vectors, image + r, place);
  }
}

template <typename Vector, int Rows, int Vectors, typename T>
PEEKABOO_SIMD_INLINE void Multiply(const float* x, const float* weights, const Place<T>& place) {
  int64_t image = 0;
  for (; image + Rows <= place.images; image += Rows)
    MultiplyRows<Vector, Rows, Vectors>(x, weights, image, place);
  for (; image + kFewRows <= place.images; image += kFewRows)
    MultiplyRows<Vector, kFewRows, Vectors>(x, weights, image, place);
  for (; image < place.images; ++image) MultiplyRows<Vector, 1, Vectors>(x, weights, image, place);
}

using Vector4 = float __attribute__((vector_size(16)));
using Vector8 = float __attribute__((vector_size(32)));
using Vector16 = float __attribute__((vector_size(64)));

#if defined(__x86_64__)
#define PEEKABOO_AVX2 PEEKABOO_TARGET("avx2,fma")
#define PEEKABOO_AVX512 PEEKABOO_TARGET("avx512f,avx512bw,avx512vl,avx512dq,fma")
#define PEEKABOO_BF16 PEEKABOO_TARGET("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")

// Overloads, not templates: what a processor has is asked of functions.
#define PEEKABOO_GRID_LOOPS(T)                                                               \
  PEEKABOO_AVX2 void MultiplyAvx2(const float* x, const float* weights, const Place<T>& p) { \
    Multiply<Vector8, 6, 2>(x, weights, p);                                                  \
  }                                                                                          \
  PEEKABOO_AVX512 void MultiplyAvx512(const float* x, const float* weights, int64_t width,   \
                                      const Place<T>& p) {                                   \
    if (width == 64) return Multiply<Vector16, 6, 4>(x, weights, p);                         \
    if (width == 32) return Multiply<Vector16, 12, 2>(x, weights, p);                        \
    Multiply<Vector16, 12, 1>(x, weights, p);                                                \
  }
PEEKABOO_GRID_LOOPS(float)
PEEKABOO_GRID_LOOPS(Bf16)
#undef PEEKABOO_GRID_LOOPS

// Two inputs at a time.
template <int Rows, int Vectors>
PEEKABOO_BF16 inline void MultiplyPairRows(const Bf16* x, const Bf16* weights, int64_t image,
                                           const Place<Bf16>& place) {
  __m512 sums[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) sums[r][v] = _mm512_setzero_ps();
  const Bf16* rows = x + image * place.x_image;
  for (int t = 0; t < place.taps.count; ++t) {
    const Bf16* from = rows + place.taps.source[t] * place.in;
    const Bf16* weight = weights + place.taps.tap[t] * place.in * place.columns;
    for (int64_t c = 0; c < place.in; c += 2, weight += 2 * place.columns) {
      __m512bh w[Vectors];
      for (int v = 0; v < Vectors; ++v)
        w[v] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(weight + v * 2 * GridWeights::kLanes));
      for (int r = 0; r < Rows; ++r) {
        int32_t pair;
        std::memcpy(&pair, from + r * place.x_image + c, sizeof(pair));
        const auto both = reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
        for (int v = 0; v < Vectors; ++v) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], both, w[v]);
      }
    }
  }
  for (int r = 0; r < Rows; ++r) {
    alignas(64) float row[Vectors * GridWeights::kLanes];
    for (int v = 0; v < Vectors; ++v) _mm512_store_ps(row + v * GridWeights::kLanes, sums[r][v]);
    Write(row, Vectors * GridWeights::kLanes, image + r, place);
  }
}

template <int Rows, int Vectors>
PEEKABOO_BF16 inline void MultiplyPairs(const Bf16* x, const Bf16* weights,
                                        const Place<Bf16>& place) {
  int64_t image = 0;
  for (; image + Rows <= place.images; image += Rows)
    MultiplyPairRows<Rows, Vectors>(x, weights, image, place);
  for (; image + kFewRows <= place.images; image += kFewRows)
    MultiplyPairRows<kFewRows, Vectors>(x, weights, image, place);
  for (; image < place.images; ++image) MultiplyPairRows<1, Vectors>(x, weights, image, place);
}

PEEKABOO_BF16 void MultiplyAvx512Bf16(const Bf16* x, const Bf16* weights, int64_t width,
                                      const Place<Bf16>& place) {
  if (width == 64) return MultiplyPairs<6, 4>(x, weights, place);
  if (width == 32) return MultiplyPairs<12, 2>(x, weights, place);
  MultiplyPairs<12, 1>(x, weights, place);
}
#endif

template <typename T>
void MultiplySingles(GridLoops loops, const float* x, const float* weights, int64_t width,
                     const Place<T>& place) {
#if defined(__x86_64__)
  if (loops >= GridLoops::kAvx512) return MultiplyAvx512(x, weights, width, place);
  if (loops == GridLoops::kAvx2) return MultiplyAvx2(x, weights, place);
#endif
  Multiply<Vector4, 3, 4>(x, weights, place);
}

// Outputs that are worked out at once, of those that are left.
int64_t Width(GridLoops loops, int64_t left) {
  if (loops >= GridLoops::kAvx512 && left >= 64) return 64;
  if (loops >= GridLoops::kAvx512 && left >= 32) return 32;
  return GridWeights::kLanes;
}

// Calls multiply(first output, width, place) for each position and some outputs at a time.
template <typename T, typename Body>
void ForPlaces(GridLoops loops, const GridShape& shape, const GridWeights& weights,
               const GridTerms& terms, bool relu, T* y, const Body& multiply) {
  const int64_t positions = shape.Positions(), columns = weights.Columns();
  for (int64_t position = 0; position < positions; ++position) {
    Place<T> place(Taps(shape.side, position));
    place.images = shape.images;
    place.in = shape.in;
    place.columns = columns;
    place.x_image = positions * shape.in;
    place.y_image = positions * shape.out;
    place.relu = relu;
    place.image_terms = shape.out;
    for (int64_t first = 0; first < columns;) {
      const int64_t width = Width(loops, columns - first);
      place.outputs = std::min(width, shape.out - first);
      place.of_position =
          terms.of_position ? terms.of_position + position * shape.out + first : nullptr;
      place.of_image = terms.of_image ? terms.of_image + first : nullptr;
      place.y = y + position * shape.out + first;
      multiply(first, width, place);
      first += width;
    }
  }
}

GridLoops FindLoops() {
#if defined(__x86_64__)
  const unsigned isa = dnnl_get_effective_cpu_isa();
  const auto has = [&](unsigned what) { return (isa & what) == what; };
  if (has(dnnl_cpu_isa_avx512_core_bf16)) return GridLoops::kAvx512Bf16;
  if (has(dnnl_cpu_isa_avx512_core)) return GridLoops::kAvx512;
  if (has(dnnl_cpu_isa_avx2) && __builtin_cpu_supports("fma")) return GridLoops::kAvx2;
#endif
  return GridLoops::kPlain;
}

}  // namespace

GridLoops BestGridLoops() {
  static const GridLoops loops = FindLoops();
  return loops;
}

GridWeights::GridWeights(const float* weight, const Sizes& sizes, bool back, bool bf16)
    : in_(back ? sizes.out : sizes.in), out_(back ? sizes.in : sizes.out) {
  const int64_t columns = Columns();
  const bool pairs = bf16 && in_ % 2 == 0;
  const int64_t count = kTaps * in_ * columns;
  if (pairs) {
    pairs_.resize(count);
  } else {
    single_.resize(count);
  }
  for (int64_t o = 0; o < sizes.out; ++o) {
    for (int64_t t = 0; t < kTaps; ++t) {
      for (int64_t i = 0; i < sizes.in; ++i) {
        const float number = weight[(o * kTaps + t) * sizes.in + i];
        // On the way back an output's gradient goes to where the tap came from.
        const int64_t tap = back ? kTaps - 1 - t : t, row = back ? o : i, column = back ? i : o;
        if (pairs) {
          pairs_[(tap * in_ + row / 2 * 2) * columns + 2 * column + row % 2] =
              FromFloat<Bf16>(number);
        } else {
          single_[(tap * in_ + row) * columns + column] = number;
        }
      }
    }
  }
}

template <typename T>
void ConvolveGrid(const T* x, const GridShape& shape, const GridWeights& weights,
                  const GridTerms& terms, bool relu, T* y, GridLoops loops) {
#if defined(__x86_64__)
  if constexpr (std::is_same_v<T, Bf16>) {
    if (weights.bf16() && loops == GridLoops::kAvx512Bf16) {
      ForPlaces(loops, shape, weights, terms, relu, y,
                [&](int64_t first, int64_t width, const Place<T>& place) {
                  MultiplyAvx512Bf16(x, weights.pairs() + 2 * first, width, place);
                });
      return;
    }
  }
#endif
  std::vector<float> wide;
  const float* numbers = nullptr;
  if constexpr (std::is_same_v<T, Bf16>) {
    wide.resize(shape.images * shape.Positions() * shape.in);
    for (size_t i = 0; i < wide.size(); ++i) wide[i] = ToFloat(x[i]);
    numbers = wide.data();
  } else {
    numbers = x;
  }
  ForPlaces(loops, shape, weights, terms, relu, y,
            [&](int64_t first, int64_t width, const Place<T>& place) {
              MultiplySingles(loops, numbers, weights.single() + first, width, place);
            });
}

template <typename T>
void GatherGrid(const T* x, const GridShape& shape, T* gathered) {
  for (int64_t position = 0; position < shape.Positions(); ++position) {
    const Taps taps(shape.side, position);
    for (int64_t image = 0; image < shape.images; ++image) {
      const T* from = x + image * shape.Positions() * shape.in;
      T* to = gathered + (image * shape.Positions() + position) * kTaps * shape.in;
      if (taps.count < kTaps) std::memset(to, 0, kTaps * shape.in * sizeof(T));
      for (int t = 0; t < taps.count; ++t)
        std::memcpy(to + taps.tap[t] * shape.in, from + taps.source[t] * shape.in,
                    shape.in * sizeof(T));
    }
  }
}

#define PEEKABOO_INSTANTIATE(T)                                                                   \
  template void ConvolveGrid<T>(const T*, const GridShape&, const GridWeights&, const GridTerms&, \
                                bool, T*, GridLoops);                                             \
  template void GatherGrid<T>(const T*, const GridShape&, T*);
PEEKABOO_INSTANTIATE(float)
PEEKABOO_INSTANTIATE(Bf16)
#undef PEEKABOO_INSTANTIATE

}  // namespace peekaboo::worldmodel
