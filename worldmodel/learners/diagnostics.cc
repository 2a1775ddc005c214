#include "worldmodel/learners/diagnostics.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {
namespace {

PEEKABOO_SIMD void AddMoments(const float* __restrict x, float* __restrict sum,
                              float* __restrict squares, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    sum[i] += x[i];
    squares[i] += x[i] * x[i];
  }
}

PEEKABOO_SIMD void AddSquaredChange(const float* __restrict x, const float* __restrict next,
                                    float* __restrict squares, int64_t n) {
  for (int64_t i = 0; i < n; ++i) squares[i] += (next[i] - x[i]) * (next[i] - x[i]);
}

double MeanRoot(const std::vector<double>& squares, double divisor) {
  double sum = 0;
  for (const double s : squares) sum += std::sqrt(std::max(0.0, s / divisor));
  return sum / static_cast<double>(squares.size());
}

}  // namespace

LatentStatistics MeasureLatents(std::span<const float> z, int clips, int frames, int size) {
  PEEKABOO_CHECK(clips > 0 && frames > 0 && size > 0);
  PEEKABOO_CHECK(z.size() == static_cast<size_t>(clips) * frames * size);
  // Within a clip in f32, across clips in f64.
  std::vector<double> sum(size), squares(size), within(size);
  std::vector<float> change(size);
  for (int b = 0; b < clips; ++b) {
    const float* clip = z.data() + static_cast<size_t>(b) * frames * size;
    std::vector<float> clip_sum(size), clip_squares(size);
    for (int t = 0; t < frames; ++t) {
      const float* row = clip + static_cast<size_t>(t) * size;
      AddMoments(row, clip_sum.data(), clip_squares.data(), size);
      if (t + 1 < frames) AddSquaredChange(row, row + size, change.data(), size);
    }
    for (int i = 0; i < size; ++i) {
      sum[i] += clip_sum[i];
      squares[i] += clip_squares[i];
      within[i] += clip_squares[i] - static_cast<double>(clip_sum[i]) * clip_sum[i] / frames;
    }
  }
  const double count = static_cast<double>(clips) * frames;
  for (int i = 0; i < size; ++i) squares[i] -= sum[i] * sum[i] / count;
  LatentStatistics statistics;
  statistics.deviation = MeanRoot(squares, std::max(1.0, count - 1));
  statistics.temporal_deviation = MeanRoot(within, std::max(1.0, count - 1));
  double changed = 0;
  for (const float c : change) changed += c;
  if (frames > 1)
    statistics.copy_error = changed / (static_cast<double>(clips) * (frames - 1) * size);
  return statistics;
}

double EffectiveRank(std::span<const float> rows, int size) {
  PEEKABOO_CHECK(size > 0 && !rows.empty() && rows.size() % size == 0);
  const int64_t count = static_cast<int64_t>(rows.size()) / size;
  // from_blob wants a pointer to non-const, and only reads here.
  const at::Tensor x =
      at::from_blob(const_cast<float*>(rows.data()), {count, size}, at::kFloat).to(at::kDouble);
  const at::Tensor gram = count < size ? at::mm(x, x.t()) : at::mm(x.t(), x);
  const at::Tensor values = at::linalg_eigvalsh(gram).clamp_min(0).sqrt();
  const double sum = values.sum().item<double>();
  if (!(sum > 0)) return 1.0;
  const at::Tensor p = values / sum + 1e-7;
  return std::exp(-(p * p.log()).sum().item<double>());
}

}  // namespace peekaboo::worldmodel
