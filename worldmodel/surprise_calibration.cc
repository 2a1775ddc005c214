#include "worldmodel/surprise_calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/check.h"

namespace peekaboo::worldmodel {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeast = 1e-12;  // of what is expected: the logarithm of less is rounding

double Log(double x) { return std::log(std::max(x, kLeast)); }

// Reorders the values.
double ConformalQuantile(std::vector<double>& values, double false_alarms) {
  if (values.empty()) return kInfinity;
  const double n = static_cast<double>(values.size());
  const double rank = std::min(n, std::ceil((n + 1) * (1 - false_alarms)));
  const auto at = values.begin() + static_cast<ptrdiff_t>(std::max(1.0, rank)) - 1;
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Mean of what `of` makes of the finite numbers of a column of [rows, width]; infinity without any.
template <typename Of>
double ColumnMean(std::span<const float> numbers, int width, int column, Of of) {
  double sum = 0, count = 0;
  for (size_t at = column; at < numbers.size(); at += width) {
    if (!std::isfinite(numbers[at])) continue;
    sum += of(numbers[at]);
    ++count;
  }
  return count > 0 ? sum / count : kInfinity;
}

}  // namespace

SurpriseCalibration SurpriseCalibration::Fit(std::span<const float> error,
                                             std::span<const float> expected, int rows,
                                             int horizons, double false_alarms) {
  PEEKABOO_CHECK(rows >= 0 && horizons > 0 && false_alarms > 0 && false_alarms < 1);
  const size_t size = static_cast<size_t>(rows) * horizons;
  PEEKABOO_CHECK(error.size() == size && expected.size() == size);
  SurpriseCalibration fit;
  for (int k = 0; k < horizons; ++k) {
    fit.mean_error_.push_back(ColumnMean(error, horizons, k, [](double x) { return x; }));
    fit.usual_.push_back(std::exp(ColumnMean(expected, horizons, k, Log)));
  }
  std::vector<double> surprises;
  for (int n = 0; n < rows; ++n) {
    const double surprise =
        fit.Surprise(expected.subspan(static_cast<size_t>(n) * horizons, horizons));
    if (std::isfinite(surprise)) surprises.push_back(surprise);
  }
  fit.threshold_ = ConformalQuantile(surprises, false_alarms);
  return fit;
}

SurpriseCalibration SurpriseCalibration::FromNumbers(std::vector<double> mean_error,
                                                     std::vector<double> usual, double threshold) {
  PEEKABOO_CHECK(mean_error.size() == usual.size());
  SurpriseCalibration calibration;
  calibration.mean_error_ = std::move(mean_error);
  calibration.usual_ = std::move(usual);
  calibration.threshold_ = threshold;
  return calibration;
}

double SurpriseCalibration::Surprise(std::span<const float> expected) const {
  PEEKABOO_CHECK(expected.size() == usual_.size());
  double sum = 0, count = 0;
  for (int k = 0; k < std::min(kSoonest, horizons()); ++k) {
    if (std::isnan(expected[k])) continue;
    sum += Log(expected[k]) - Log(usual_[k]);
    ++count;
  }
  return count > 0 ? std::exp(sum / count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace peekaboo::worldmodel
