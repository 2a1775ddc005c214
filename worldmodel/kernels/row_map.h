#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace peekaboo::worldmodel {

/// What a convolution looks at: a square of positions, zeros outside the image.
struct Window {
  int64_t kernel, stride, padding;

  int64_t OutSide(int64_t side) const { return (side + 2 * padding - kernel) / stride + 1; }
};

/// Consecutive square images [N, side, side] whose positions hold rows of a matrix. A position that
/// holds what it held in the image before has the same row, so that what is computed from rows is
/// computed once: the idea of Skip-Convolutions (Habibian et al. 2021), without their threshold.
struct RowMap {
  int64_t images = 0, side = 0;
  int64_t rows = 0;          ///< of the matrix
  std::vector<int32_t> row;  ///< [N * side * side], in [0, rows)

  int64_t Positions() const { return side * side; }
};

/// A matrix that has a row for every position: position i has row i if `shared` is false, otherwise
/// the row of the first image of those before it that hold the same `bytes` bytes there without a
/// change in between. `numbers`: [N * side * side] rows.
RowMap MapImages(const std::byte* numbers, int64_t images, int64_t side, size_t bytes, bool shared);

/// Where a convolution of such images finds its windows.
struct WindowRows {
  RowMap out;                    ///< a row for each different window, in order of first appearance
  std::vector<int32_t> sources;  ///< [out.rows, kernel, kernel]: rows of `in`; -1 outside an image
};
/// Windows all of whose rows are those of the image before share their row.
WindowRows MapWindows(const RowMap& in, const Window& window);

}  // namespace peekaboo::worldmodel
