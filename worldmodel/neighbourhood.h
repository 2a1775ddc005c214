#pragma once

#include <cstdint>
#include <vector>

namespace peekaboo::worldmodel {

/// A run of neighbours in one row of an image: positions (y + dy, x + dx), (y + dy, x + dx + 1),
/// ...
struct TapRow {
  int64_t dy;
  int64_t dx;
  int64_t count;
};

/// Which neighbours of an image's positions are looked at, row after row.
struct Neighbourhood {
  int64_t side;      ///< of the square image looked at
  int64_t out_side;  ///< of the square of positions
  int64_t stride;    ///< position (y, x) sits at (y * stride, x * stride) of the image
  std::vector<TapRow> rows;

  int64_t Taps() const;
};

/// Copies, for each position of one image [side, side, position_bytes], its neighbours one after
/// another: [out_side * out_side, taps, position_bytes]. Neighbours outside are zeros.
void Gather(const Neighbourhood& neighbourhood, const void* image, int64_t position_bytes,
            void* columns);

}  // namespace peekaboo::worldmodel
