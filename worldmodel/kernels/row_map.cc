#include "worldmodel/kernels/row_map.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace peekaboo::worldmodel {
namespace {

// [out side^2, kernel^2]: positions in an image, -1 outside it.
std::vector<int32_t> WindowPositions(int64_t side, const Window& w) {
  std::vector<int32_t> positions;
  const int64_t out = w.OutSide(side);
  positions.reserve(out * out * w.kernel * w.kernel);
  for (int64_t q = 0; q < out * out; ++q) {
    for (int64_t k = 0; k < w.kernel * w.kernel; ++k) {
      const int64_t y = q / out * w.stride - w.padding + k / w.kernel;
      const int64_t x = q % out * w.stride - w.padding + k % w.kernel;
      const bool inside = y >= 0 && y < side && x >= 0 && x < side;
      positions.push_back(inside ? static_cast<int32_t>(y * side + x) : -1);
    }
  }
  return positions;
}

}  // namespace

RowMap MapImages(const std::byte* numbers, int64_t images, int64_t side, size_t bytes,
                 bool shared) {
  RowMap map{images, side, images * side * side, {}};
  PEEKABOO_CHECK(map.rows <= std::numeric_limits<int32_t>::max());
  map.row.resize(map.rows);
  std::iota(map.row.begin(), map.row.end(), 0);
  if (!shared) return map;
  const int64_t positions = map.Positions();
  for (int64_t i = positions; i < map.rows; ++i) {
    const std::byte* now = numbers + i * bytes;
    if (std::memcmp(now, now - positions * bytes, bytes) == 0) map.row[i] = map.row[i - positions];
  }
  return map;
}

WindowRows MapWindows(const RowMap& in, const Window& window) {
  PEEKABOO_CHECK(in.side + 2 * window.padding >= window.kernel);
  const int64_t taps = window.kernel * window.kernel, in_positions = in.Positions();
  const std::vector<int32_t> positions = WindowPositions(in.side, window);
  WindowRows result;
  RowMap& out = result.out;
  out.images = in.images;
  out.side = window.OutSide(in.side);
  const int64_t out_positions = out.Positions();
  PEEKABOO_CHECK(out.images * out_positions <= std::numeric_limits<int32_t>::max());
  out.row.resize(out.images * out_positions);
  std::vector<uint8_t> changed(in_positions);
  for (int64_t n = 0; n < in.images; ++n) {
    const int32_t* now = in.row.data() + n * in_positions;
    int32_t* rows = out.row.data() + n * out_positions;
    bool any = n == 0;
    if (n > 0) {
      for (int64_t p = 0; p < in_positions; ++p) changed[p] = now[p] != now[p - in_positions];
      any = std::ranges::find(changed, 1) != changed.end();
    }
    if (!any) {
      std::copy_n(rows - out_positions, out_positions, rows);
      continue;
    }
    for (int64_t q = 0; q < out_positions; ++q) {
      const int32_t* at = positions.data() + q * taps;
      if (n > 0 && std::none_of(at, at + taps, [&](int32_t p) { return p >= 0 && changed[p]; })) {
        rows[q] = rows[q - out_positions];
        continue;
      }
      rows[q] = static_cast<int32_t>(out.rows++);
      for (int64_t k = 0; k < taps; ++k) result.sources.push_back(at[k] < 0 ? -1 : now[at[k]]);
    }
  }
  return result;
}

}  // namespace peekaboo::worldmodel
