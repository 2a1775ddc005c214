#include "worldmodel/readout/surprise_calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"

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
                                             std::span<const float> normalised_error, int films,
                                             int frames, int horizons, double false_alarms) {
  PEEKABOO_CHECK(films >= 0 && frames > 0 && horizons > 0);
  PEEKABOO_CHECK(false_alarms > 0 && false_alarms < 1);
  const size_t size = static_cast<size_t>(films) * frames * horizons;
  PEEKABOO_CHECK(error.size() == size && normalised_error.size() == size);
  SurpriseCalibration fit;
  for (int k = 0; k < horizons; ++k) {
    fit.mean_error_.push_back(ColumnMean(error, horizons, k, [](double x) { return x; }));
    fit.usual_.push_back(std::exp(ColumnMean(normalised_error, horizons, k, Log)));
  }
  // Of each film in which there is a number.
  std::vector<double> sudden, lasting;
  for (int film = 0; film < films; ++film) {
    double most_sudden = -kInfinity, most_lasting = -kInfinity;
    std::vector<std::span<const float>> seen;
    for (int t = 0; t < frames; ++t) {
      seen.push_back(
          normalised_error.subspan((static_cast<size_t>(film) * frames + t) * horizons, horizons));
      most_sudden = std::fmax(most_sudden, fit.Sudden(seen.back()));
      most_lasting = std::fmax(most_lasting, fit.Lasting(seen));
    }
    if (std::isfinite(most_sudden)) sudden.push_back(std::exp(most_sudden));
    if (std::isfinite(most_lasting)) lasting.push_back(std::exp(most_lasting));
  }
  fit.sudden_ = ConformalQuantile(sudden, false_alarms);
  fit.lasting_ = ConformalQuantile(lasting, false_alarms);
  return fit;
}

SurpriseCalibration SurpriseCalibration::FromNumbers(std::vector<double> mean_error,
                                                     std::vector<double> usual, double sudden,
                                                     double lasting) {
  PEEKABOO_CHECK(mean_error.size() == usual.size());
  SurpriseCalibration calibration;
  calibration.mean_error_ = std::move(mean_error);
  calibration.usual_ = std::move(usual);
  calibration.sudden_ = sudden;
  calibration.lasting_ = lasting;
  return calibration;
}

double SurpriseCalibration::LogMean(std::span<const float> normalised_error, int first,
                                    int last) const {
  double sum = 0, count = 0;
  for (int k = first; k < last; ++k) {
    if (std::isnan(normalised_error[k])) continue;
    sum += Log(normalised_error[k]) - Log(usual_[k]);
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

double SurpriseCalibration::Sudden(std::span<const float> normalised_error) const {
  PEEKABOO_CHECK(normalised_error.size() == usual_.size());
  return LogMean(normalised_error, 0, std::max(1, horizons() - 1));
}

double SurpriseCalibration::Lasting(
    std::span<const std::span<const float>> normalised_error) const {
  double sum = 0;
  if (normalised_error.size() < kLasting) return std::numeric_limits<double>::quiet_NaN();
  for (const auto& frame : normalised_error.last(kLasting))
    sum += LogMean(frame, std::max(0, horizons() - 2), horizons());
  return sum / kLasting;
}

double SurpriseCalibration::Surprise(
    std::span<const std::span<const float>> normalised_error) const {
  PEEKABOO_CHECK(!normalised_error.empty());
  const double sudden = Sudden(normalised_error.back());
  const double g = std::log(sudden_) / std::log(lasting_);
  // A threshold below the usual, of some few films that were alike, says nothing.
  const double lasting =
      g > 0 && std::isfinite(g) && lasting_ > 1 ? g * Lasting(normalised_error) : sudden;
  return std::isnan(sudden) ? sudden : std::exp(std::fmax(sudden, lasting));
}

}  // namespace peekaboo::worldmodel
