#include "worldmodel/surprise_calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/check.h"

namespace peekaboo::worldmodel {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Reorders the values.
double ConformalQuantile(std::vector<double>& values, double false_alarms) {
  if (values.empty()) return kInfinity;
  const double n = static_cast<double>(values.size());
  const double rank = std::min(n, std::ceil((n + 1) * (1 - false_alarms)));
  const auto at = values.begin() + static_cast<ptrdiff_t>(std::max(1.0, rank)) - 1;
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

SurpriseCalibration SurpriseCalibration::Fit(std::span<const float> error, int rows, int horizons,
                                             double false_alarms) {
  PEEKABOO_CHECK(rows >= 0 && horizons > 0 && false_alarms > 0 && false_alarms < 1);
  PEEKABOO_CHECK(error.size() == static_cast<size_t>(rows) * horizons);
  SurpriseCalibration fit;
  for (int k = 0; k < horizons; ++k) {
    std::vector<double> values;
    double sum = 0, squares = 0;
    for (int n = 0; n < rows; ++n) {
      const double value = error[static_cast<size_t>(n) * horizons + k];
      if (!std::isfinite(value)) continue;
      values.push_back(value);
      sum += value;
    }
    const double mean = values.empty() ? kInfinity : sum / static_cast<double>(values.size());
    for (const double value : values) squares += (value - mean) * (value - mean);
    fit.mean_.push_back(mean);
    fit.deviation_.push_back(
        values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1)));
    fit.threshold_.push_back(ConformalQuantile(values, false_alarms));
  }
  std::vector<double> aggregates;
  for (int n = 0; n < rows; ++n) {
    const double value = fit.Aggregate(error.subspan(static_cast<size_t>(n) * horizons, horizons));
    if (std::isfinite(value)) aggregates.push_back(value);
  }
  fit.aggregate_threshold_ = ConformalQuantile(aggregates, false_alarms);
  return fit;
}

SurpriseCalibration SurpriseCalibration::FromNumbers(std::vector<double> mean,
                                                     std::vector<double> deviation,
                                                     std::vector<double> threshold,
                                                     double aggregate_threshold) {
  PEEKABOO_CHECK(mean.size() == deviation.size() && mean.size() == threshold.size());
  SurpriseCalibration calibration;
  calibration.mean_ = std::move(mean);
  calibration.deviation_ = std::move(deviation);
  calibration.threshold_ = std::move(threshold);
  calibration.aggregate_threshold_ = aggregate_threshold;
  return calibration;
}

double SurpriseCalibration::Aggregate(std::span<const float> error) const {
  PEEKABOO_CHECK(error.size() == mean_.size());
  double sum = 0;
  int count = 0;
  for (size_t k = 0; k < error.size(); ++k) {
    if (std::isnan(error[k])) continue;
    // A model that was never wrong is infinitely surprised by the first error.
    sum += mean_[k] > 0 ? error[k] / mean_[k] : (error[k] > 0 ? kInfinity : 0.0);
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace peekaboo::worldmodel
