#pragma once

#include <cstdint>
#include <vector>

#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {

/// Sizes of a convolution 3x3 with stride 1 and zero padding over small images [images, side, side,
/// in] -> [images, side, side, out], channels last.
struct GridShape {
  int64_t images, side, in, out;

  int64_t Positions() const { return side * side; }
};

/// Which instructions the loops use.
enum class GridLoops { kPlain, kAvx2, kAvx512, kAvx512Bf16 };
/// The best that this processor has and that oneDNN's DNNL_MAX_CPU_ISA allows.
GridLoops BestGridLoops();

/// Weights laid out as the loops read them: for each of the nine taps and each input all outputs
/// side by side, filled up with zeros to a multiple of kLanes. Immutable.
class GridWeights {
 public:
  static constexpr int64_t kLanes = 16;

  struct Sizes {
    int64_t out, in;
  };

  /// weight [out, 3, 3, in]. `back`: for the way back from the gradient of the outputs to that of
  /// the inputs, which is such a convolution with the two exchanged. `bf16`: rounded, two inputs by
  /// turns, as kAvx512Bf16 wants them (an odd number of inputs stays f32).
  GridWeights(const float* weight, const Sizes& sizes, bool back, bool bf16);

  int64_t in() const { return in_; }
  int64_t out() const { return out_; }
  int64_t Columns() const { return (out_ + kLanes - 1) / kLanes * kLanes; }
  bool bf16() const { return !pairs_.empty(); }
  const float* single() const { return single_.data(); }  ///< [9, in, Columns()], f32
  const Bf16* pairs() const { return pairs_.data(); }     ///< [9, in / 2, Columns(), 2]

 private:
  int64_t in_, out_;
  std::vector<float> single_;
  std::vector<Bf16> pairs_;
};

/// What is added to a convolution; nullptr: nothing.
struct GridTerms {
  const float* of_image = nullptr;     ///< [images, out]
  const float* of_position = nullptr;  ///< [side^2, out]
};

/// y = x * weights + terms, then ReLU if asked: x [images, side, side, in], y [images, side, side,
/// out]. Sums are f32. Taps that leave an image are not worked out: with 4 x 4 positions that is a
/// third. T: float or Bf16; weights with bf16() are for Bf16 with kAvx512Bf16 alone. On the calling
/// thread.
template <typename T>
void ConvolveGrid(const T* x, const GridShape& shape, const GridWeights& weights,
                  const GridTerms& terms, bool relu, T* y, GridLoops loops);

/// The nine neighbours of each position side by side, zeros outside: [images, side^2, 9, in], in
/// the order of the weights.
template <typename T>
void GatherGrid(const T* x, const GridShape& shape, T* gathered);

}  // namespace peekaboo::worldmodel
