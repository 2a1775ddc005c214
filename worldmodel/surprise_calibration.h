#pragma once

#include <span>
#include <vector>

namespace peekaboo::worldmodel {

/// How surprised a model is by what is possible, so that one knows when it is more. Surprise is
/// what a frame's errors, in units of the variance that was expected with them
/// (Perception::expected), are of the usual: the geometric mean over the kSoonest shortest horizons
/// of expected / its geometric mean on possible films. About 1 where all is as usual. Longer
/// horizons say less about the moment (docs/experiments.md).
///
/// Its threshold is what only a given share of possible frames exceeds, by split conformal
/// prediction (Vovk et al. 2005): of n surprises of frames like those to come, the
/// ceil((n + 1)(1 - a))-th smallest is exceeded by a new one with probability at most a. Plain
/// values; any thread.
class SurpriseCalibration {
 public:
  static constexpr int kSoonest = 2;

  /// error, expected: [rows, K] as in Perception, of films in which nothing impossible happens;
  /// rows with a NaN count only where they have a number. `false_alarms` in (0, 1) is a. With too
  /// few rows the largest surprise serves as threshold; without any, everything is infinite.
  static SurpriseCalibration Fit(std::span<const float> error, std::span<const float> expected,
                                 int rows, int horizons, double false_alarms);

  /// What Fit found, from a file: mean error and usual of each horizon, [K].
  static SurpriseCalibration FromNumbers(std::vector<double> mean_error, std::vector<double> usual,
                                         double threshold);

  /// Of one frame, from its `expected`, [K]. NaN if nothing had been predicted for it.
  double Surprise(std::span<const float> expected) const;

  int horizons() const { return static_cast<int>(usual_.size()); }
  double MeanError(int horizon) const { return mean_error_[horizon]; }
  /// Geometric mean of `expected`.
  double Usual(int horizon) const { return usual_[horizon]; }
  double Threshold() const { return threshold_; }

 private:
  std::vector<double> mean_error_, usual_;  // [K]
  double threshold_ = 0;
};

}  // namespace peekaboo::worldmodel
