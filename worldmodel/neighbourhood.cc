#include "worldmodel/neighbourhood.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace peekaboo::worldmodel {

int64_t Neighbourhood::Taps() const {
  int64_t taps = 0;
  for (const TapRow& row : rows) taps += row.count;
  return taps;
}

void Gather(const Neighbourhood& n, const void* image, int64_t bytes, void* columns) {
  const std::byte* source = static_cast<const std::byte*>(image);
  std::byte* out = static_cast<std::byte*>(columns);
  for (int64_t y = 0; y < n.out_side; ++y) {
    for (int64_t x = 0; x < n.out_side; ++x) {
      for (const TapRow& taps : n.rows) {
        const int64_t row = y * n.stride + taps.dy;
        const int64_t first = x * n.stride + taps.dx;
        const int64_t before = std::clamp<int64_t>(-first, 0, taps.count);
        const int64_t after = std::clamp<int64_t>(first + taps.count - n.side, 0, taps.count);
        if (row < 0 || row >= n.side) {
          std::memset(out, 0, taps.count * bytes);
        } else {
          if (before > 0) std::memset(out, 0, before * bytes);
          std::memcpy(out + before * bytes, source + (row * n.side + first + before) * bytes,
                      (taps.count - before - after) * bytes);
          if (after > 0) std::memset(out + (taps.count - after) * bytes, 0, after * bytes);
        }
        out += taps.count * bytes;
      }
    }
  }
}

}  // namespace peekaboo::worldmodel
