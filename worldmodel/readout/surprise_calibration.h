#pragma once

#include <span>
#include <vector>

namespace peekaboo::worldmodel {

/// How surprised a model is by what is possible, so that one knows when it is more. A frame's
/// errors, in units of the variance that was expected with them (Perception::normalised_error), are
/// compared with the usual, their geometric mean on possible films, in two ways:
///
///     sudden   geometric mean over all horizons but the longest: what came otherwise just now
///     lasting  geometric mean over the two longest and the last kLasting frames: what goes on
///              otherwise, such as a car that does not fall
///
/// Each has a threshold that only a given share of possible films exceeds anywhere, by split
/// conformal prediction (Vovk et al. 2005): of the maxima of n films like those to come, the
/// ceil((n + 1)(1 - a))-th smallest is exceeded by a new film's with probability at most a. (Films,
/// not frames: those of one film are not exchangeable.) Surprise is the greater of sudden and
/// lasting^g, where g makes the thresholds one: 1 is as usual, and an alarm is either's. A possible
/// film alarms with probability 2 a at most. Plain values; any thread.
class SurpriseCalibration {
 public:
  static constexpr int kLasting = 8;  ///< frames

  /// error, expected: [films * frames, K] as in Perception, of films in which nothing impossible
  /// happens; a row with a NaN counts only where it has a number. `false_alarms` in (0, 1) is a.
  /// With too few films the largest surprise serves as threshold; without any, everything is
  /// infinite.
  static SurpriseCalibration Fit(std::span<const float> error,
                                 std::span<const float> normalised_error, int films, int frames,
                                 int horizons, double false_alarms);

  /// What Fit found, from a file: mean error and usual of each horizon, [K]; the two thresholds.
  static SurpriseCalibration FromNumbers(std::vector<double> mean_error, std::vector<double> usual,
                                         double sudden, double lasting);

  /// At the last of these frames, from the `expected` of each, [K]: those of its film up to it,
  /// kLasting of them or more if there are as many. NaN if nothing had been predicted for it.
  double Surprise(std::span<const std::span<const float>> normalised_error) const;

  int horizons() const { return static_cast<int>(usual_.size()); }
  double MeanError(int horizon) const { return mean_error_[horizon]; }
  /// Geometric mean of `expected`.
  double Usual(int horizon) const { return usual_[horizon]; }
  double Threshold() const { return sudden_; }
  /// Of lasting surprise alone, before the exponent.
  double LastingThreshold() const { return lasting_; }

 private:
  /// Logarithms, NaN where too little was predicted.
  double Sudden(std::span<const float> normalised_error) const;
  double Lasting(std::span<const std::span<const float>> normalised_error) const;
  double LogMean(std::span<const float> normalised_error, int first, int last) const;

  std::vector<double> mean_error_, usual_;  // [K]
  double sudden_ = 0, lasting_ = 0;         // thresholds
};

}  // namespace peekaboo::worldmodel
