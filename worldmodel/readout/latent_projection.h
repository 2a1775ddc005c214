#pragma once

#include <array>
#include <span>
#include <vector>

namespace peekaboo::worldmodel {

/// A latent on the axes of a LatentProjection.
using LatentPoint = std::array<float, 3>;

/// Latents as points that one can look at: principal component analysis (Pearson 1901) to three
/// axes. Plain values; any thread.
class LatentProjection {
 public:
  static constexpr int kAxes = 3;

  /// rows: [N, size], any N. Rows with a number that is not finite do not count. Axes come by
  /// variance, largest first; one that the rows do not span is zero, and all points lie at 0 on it.
  /// With `previous`, of the same size, axes that are about equally important come in its order,
  /// and all point its way: a picture that is fitted again does not flip. Without it, an axis'
  /// largest number is positive.
  static LatentProjection Fit(std::span<const float> rows, int size,
                              const LatentProjection* previous = nullptr);

  /// What Fit found, from a file: mean [size], axes [kAxes * size], explained [kAxes].
  static LatentProjection FromNumbers(std::vector<double> mean, std::vector<double> axes,
                                      std::span<const double> explained);

  /// [N, size] -> [N, kAxes], in units of the latents, 0 at the mean of the fitted rows. A row that
  /// is not finite lies at 0.
  std::vector<float> Project(std::span<const float> rows) const;

  int size() const { return static_cast<int>(mean_.size()); }
  /// [size]
  std::span<const double> mean() const { return mean_; }
  /// [size], of length 1 or 0. `axis` in [0, kAxes).
  std::span<const double> Axis(int axis) const;
  /// Share of the rows' variance that lies along an axis, in [0, 1].
  double Explained(int axis) const { return explained_[axis]; }

 private:
  std::vector<double> mean_;  // [size]
  std::vector<double> axes_;  // [kAxes, size]
  std::array<double, kAxes> explained_ = {};
};

}  // namespace peekaboo::worldmodel
