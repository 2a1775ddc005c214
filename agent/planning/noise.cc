#include "agent/planning/noise.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace peekaboo::agent {

at::Tensor AutoregressiveNoise(int64_t horizon, double correlation) {
  at::Tensor mixing = at::zeros({horizon, horizon});
  auto m = mixing.accessor<float, 2>();
  const double fresh = std::sqrt(1 - correlation * correlation);
  m[0][0] = 1;
  for (int64_t row = 1; row < horizon; ++row) {
    for (int64_t i = 0; i < row; ++i) m[row][i] = static_cast<float>(correlation * m[row - 1][i]);
    m[row][row] = static_cast<float>(fresh);
  }
  return mixing;
}

at::Tensor PowerLawNoise(int64_t horizon, double exponent) {
  const at::Tensor mixing = at::zeros({horizon, horizon});
  auto m = mixing.accessor<float, 2>();
  const auto n = static_cast<double>(horizon);
  // A circulant matrix: its eigenvalues are the amplitudes of the frequencies k / H, of which 0
  // has that of 1 / H.
  for (int64_t lag = 0; lag < horizon; ++lag) {
    double value = 0;
    for (int64_t k = 0; k < horizon; ++k) {
      const auto frequency = static_cast<double>(std::max<int64_t>(1, std::min(k, horizon - k)));
      const double amplitude = std::pow(frequency / n, -exponent / 2);
      value += amplitude * std::cos(2 * std::numbers::pi * static_cast<double>(k * lag) / n);
    }
    for (int64_t row = 0; row < horizon; ++row)
      m[row][(row + lag) % horizon] = static_cast<float>(value / n);
  }
  return mixing / mixing.norm(2, 1, /*keepdim=*/true);
}

at::Tensor DrawNoise(const at::Tensor& mixing, int64_t n, int64_t action_size,
                     RandomStream& random) {
  const at::Tensor white = at::empty({n, mixing.size(0), action_size});
  float* values = white.data_ptr<float>();
  for (int64_t i = 0; i < white.numel(); ++i) values[i] = static_cast<float>(random.Normal());
  return at::matmul(mixing, white);
}

}  // namespace peekaboo::agent
