#include "lab/statistics/statistics.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace peekaboo::lab {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTail = 0.025;          // of a 95% interval, on each side
constexpr double kFalseAlarmRate = 0.1;  // of possible films, for the hit rate

// Numbers out of range come out as NaN or as a limit; nothing is thrown.
namespace policies = boost::math::policies;
using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::pole_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::evaluation_error<policies::ignore_error>>;
using StudentsT = boost::math::students_t_distribution<double, Quiet>;
using Binomial = boost::math::binomial_distribution<double, Quiet>;

}  // namespace

double Mean(std::span<const double> values) {
  if (values.empty()) return kNan;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Variance(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size() - 1);
}

Resamples::Resamples(int units, int count, RandomStream& stream) : Resamples(units, count, 0.0) {
  for (int resample = 0; resample < count; ++resample) {
    for (int draw = 0; draw < units; ++draw) {
      ++weights_[stream.Below(units) * static_cast<size_t>(count) + resample];
    }
  }
}

Resamples Resamples::Itself(int units) { return Resamples(units, 1, 1.0); }

std::vector<double> Resamples::Sums(std::span<const double> values) const {
  PEEKABOO_CHECK(values.size() == static_cast<size_t>(units_));
  std::vector<double> sums(count_, 0.0);
  for (int unit = 0; unit < units_; ++unit) {
    const double value = values[unit];
    const double* weights = Weights(unit).data();
    if (std::isnan(value)) {  // rare; 0 * NaN would spoil the others, too
      for (int i = 0; i < count_; ++i) sums[i] += weights[i] == 0 ? 0 : kNan;
    } else {
      for (int i = 0; i < count_; ++i) sums[i] += weights[i] * value;
    }
  }
  return sums;
}

Interval PercentileInterval(std::vector<double> samples) {
  std::erase_if(samples, [](double sample) { return std::isnan(sample); });
  if (samples.empty()) return {kNan, kNan};
  std::sort(samples.begin(), samples.end());
  const auto quantile = [&](double share) {
    const double at = share * static_cast<double>(samples.size() - 1);
    const size_t below = static_cast<size_t>(at);
    const size_t above = std::min(below + 1, samples.size() - 1);
    const double fraction = at - static_cast<double>(below);
    return samples[below] * (1 - fraction) + samples[above] * fraction;
  };
  return {quantile(kTail), quantile(1 - kTail)};
}

Interval ClopperPearson(int right, int n) {
  PEEKABOO_CHECK(right >= 0 && right <= n);
  constexpr auto kExact = Binomial::clopper_pearson_exact_interval;
  return {Binomial::find_lower_bound_on_p(n, right, kTail, kExact),
          Binomial::find_upper_bound_on_p(n, right, kTail, kExact)};
}

double IncompleteBeta(double a, double b, double x) {
  PEEKABOO_CHECK(a > 0 && b > 0);
  return std::isnan(x) ? kNan : boost::math::ibeta(a, b, std::clamp(x, 0.0, 1.0), Quiet());
}

double StudentTail(double t, double df) {
  PEEKABOO_CHECK(df > 0);
  return cdf(complement(StudentsT(df), t));
}

Estimate EstimateOf(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  return {Mean(values), Variance(values) / n, n - 1};
}

Estimate EstimateOfShare(std::span<const double> shares) {
  Estimate estimate = EstimateOf(shares);
  const double n = static_cast<double>(shares.size());
  const double share = (estimate.mean * n + 0.5) / (n + 1);
  estimate.variance_of_mean = std::max(estimate.variance_of_mean, share * (1 - share) / n);
  return estimate;
}

TTest WelchTest(const Estimate& a, const Estimate& b) {
  TTest test;
  const double difference = a.mean - b.mean;
  const double variance = a.variance_of_mean + b.variance_of_mean;
  if (std::isnan(difference) || std::isnan(variance)) return {kNan, kNan, 1, 1};
  if (variance == 0) {
    test.t = difference == 0 ? 0 : std::copysign(kInfinity, difference);
    test.df = std::max(a.df + b.df, 1.0);
  } else {
    test.t = difference / std::sqrt(variance);
    const auto share = [](const Estimate& e) {
      // A single value knows nothing of its variance and counts as exact.
      return e.df > 0 ? e.variance_of_mean * e.variance_of_mean / e.df : 0;
    };
    const double weight = share(a) + share(b);
    test.df = weight > 0 ? variance * variance / weight : std::max(a.df + b.df, 1.0);
  }
  test.p_greater = StudentTail(test.t, test.df);
  test.p_two_sided = 2 * StudentTail(std::abs(test.t), test.df);
  return test;
}

double SignTest(int wins, int losses) {
  PEEKABOO_CHECK(wins >= 0 && losses >= 0);
  return wins == 0 ? 1 : IncompleteBeta(wins, losses + 1, 0.5);
}

double HedgesG(std::span<const double> a, std::span<const double> b) {
  const double na = static_cast<double>(a.size());
  const double nb = static_cast<double>(b.size());
  if (na + nb < 4 || a.empty() || b.empty()) return kNan;
  const double difference = Mean(a) - Mean(b);
  if (difference == 0) return 0;
  const double pooled = ((na - 1) * Variance(a) + (nb - 1) * Variance(b)) / (na + nb - 2);
  if (pooled == 0) return kNan;
  return difference / std::sqrt(pooled) * (1 - 3 / (4 * (na + nb) - 9));
}

DetectionCurve::DetectionCurve(std::vector<Film> films) : films_(std::move(films)) {
  for (Film& film : films_) {
    if (!std::isfinite(film.score)) film.score = film.impossible ? -kInfinity : kInfinity;
  }
  std::sort(films_.begin(), films_.end(),
            [](const Film& a, const Film& b) { return a.score > b.score; });
}

std::vector<Detection> DetectionCurve::Measure(const Resamples& resamples) const {
  // Every loop runs over the resamples, side by side in memory: that is what makes it fast.
  const int count = resamples.count();
  using Column = std::vector<double>;
  Column positives(count), negatives(count), allowed(count);
  for (const Film& film : films_) {
    Column& total = film.impossible ? positives : negatives;
    const double* weights = resamples.Weights(film.set).data();
    for (int i = 0; i < count; ++i) total[i] += weights[i];
  }
  for (int i = 0; i < count; ++i) allowed[i] = std::floor(kFalseAlarmRate * negatives[i]);

  Column hits(count), false_alarms(count);  // impossible and possible films above the threshold
  Column tied_hits(count), tied_alarms(count);
  Column auroc(count), auprc(count), hits_in_time(count);
  for (size_t f = 0; f < films_.size();) {
    // All films of one score stand or fall together.
    std::fill(tied_hits.begin(), tied_hits.end(), 0.0);
    std::fill(tied_alarms.begin(), tied_alarms.end(), 0.0);
    const double score = films_[f].score;
    bool any_impossible = false;
    for (; f < films_.size() && films_[f].score == score; ++f) {
      Column& tied = films_[f].impossible ? tied_hits : tied_alarms;
      const double* weights = resamples.Weights(films_[f].set).data();
      for (int i = 0; i < count; ++i) tied[i] += weights[i];
      any_impossible = any_impossible || films_[f].impossible;
    }
    for (int i = 0; i < count; ++i) {
      auroc[i] += tied_alarms[i] * (hits[i] + tied_hits[i] / 2);
      hits[i] += tied_hits[i];
      false_alarms[i] += tied_alarms[i];
      // A threshold just below this score has too many false alarms or not.
      hits_in_time[i] = false_alarms[i] > allowed[i] ? hits_in_time[i] : hits[i];
    }
    if (!any_impossible) continue;
    for (int i = 0; i < count; ++i) {
      const double above = std::max(hits[i] + false_alarms[i], 1.0);
      auprc[i] += tied_hits[i] * hits[i] / above;
    }
  }
  std::vector<Detection> results(count, {kNan, kNan, kNan});
  for (int i = 0; i < count; ++i) {
    if (positives[i] == 0 || negatives[i] == 0) continue;
    results[i] = {auroc[i] / (positives[i] * negatives[i]), auprc[i] / positives[i],
                  hits_in_time[i] / positives[i]};
  }
  return results;
}

Detection Detect(std::span<const double> possible, std::span<const double> impossible) {
  std::vector<DetectionCurve::Film> films;
  for (const double score : possible) films.push_back({score, false, 0});
  for (const double score : impossible) films.push_back({score, true, 0});
  return DetectionCurve(std::move(films)).Measure(Resamples::Itself(1)).front();
}

}  // namespace peekaboo::lab
