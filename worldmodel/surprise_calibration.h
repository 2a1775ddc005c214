#pragma once

#include <span>
#include <vector>

namespace peekaboo::worldmodel {

/// How surprised a model is by what is possible, so that one knows when it is more: for each
/// horizon, and for all together, the error that only a given share of possible frames exceeds.
/// Split conformal prediction (Vovk et al. 2005): of n errors of frames like those to come, the
/// ceil((n + 1)(1 - a))-th smallest is exceeded by a new one with probability at most a. Plain
/// values; any thread.
class SurpriseCalibration {
 public:
  /// error: [rows, K] as Perception::error, of films in which nothing impossible happens; rows with
  /// a NaN count only where they have a number. `false_alarms` in (0, 1) is a. With too few rows
  /// the largest error serves as threshold; without any, everything is infinite.
  static SurpriseCalibration Fit(std::span<const float> error, int rows, int horizons,
                                 double false_alarms);

  /// What Fit found, from a file: mean, deviation and threshold of each horizon, [K].
  static SurpriseCalibration FromNumbers(std::vector<double> mean, std::vector<double> deviation,
                                         std::vector<double> threshold, double aggregate_threshold);

  /// All horizons together: the mean over those that have an error of error / its mean on possible
  /// films. About 1 where all is as usual; NaN without any.
  double Aggregate(std::span<const float> error) const;

  int horizons() const { return static_cast<int>(mean_.size()); }
  double Mean(int horizon) const { return mean_[horizon]; }
  double Deviation(int horizon) const { return deviation_[horizon]; }
  double Threshold(int horizon) const { return threshold_[horizon]; }
  double AggregateThreshold() const { return aggregate_threshold_; }

 private:
  std::vector<double> mean_, deviation_, threshold_;  // [K]
  double aggregate_threshold_ = 0;
};

}  // namespace peekaboo::worldmodel
