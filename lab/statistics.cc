#include "lab/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/check.h"

namespace peekaboo::lab {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTail = 0.025;          // of a 95% interval, on each side
constexpr double kFalseAlarmRate = 0.1;  // of possible films, for the hit rate

// The continued fraction of A&S 26.5.8; converges fast for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMaxTerms = 10'000;
  const auto nonzero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m <= kMaxTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    for (const double term : {even, odd}) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      result *= c * d;
    }
    if (std::abs(c * d - 1) < 1e-16) break;
  }
  return result;
}

// The x at which I_x(a, b) = p, by bisection: monotone, and 60 halvings are exact enough.
double InverseIncompleteBeta(double a, double b, double p) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (IncompleteBeta(a, b, middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

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

std::vector<int> DrawWeights(int units, RandomStream& stream) {
  std::vector<int> weights(units);
  for (int i = 0; i < units; ++i) ++weights[stream.Below(units)];
  return weights;
}

Interval Bootstrap(int units, const std::function<double(std::span<const int>)>& statistic,
                   RandomStream& stream, int resamples) {
  std::vector<double> samples;
  for (int i = 0; i < resamples; ++i) samples.push_back(statistic(DrawWeights(units, stream)));
  return PercentileInterval(std::move(samples));
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
  return {right == 0 ? 0 : InverseIncompleteBeta(right, n - right + 1, kTail),
          right == n ? 1 : InverseIncompleteBeta(right + 1, n - right, 1 - kTail)};
}

double IncompleteBeta(double a, double b, double x) {
  PEEKABOO_CHECK(a > 0 && b > 0);
  if (std::isnan(x)) return kNan;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

double StudentTail(double t, double df) {
  PEEKABOO_CHECK(df > 0);
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  const double outside = IncompleteBeta(df / 2, 0.5, df / (df + t * t));  // P(|T| > |t|)
  return t > 0 ? outside / 2 : 1 - outside / 2;
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

Detection DetectionCurve::Measure(std::span<const int> weights) const {
  double positives = 0;
  double negatives = 0;
  for (const Film& film : films_) {
    (film.impossible ? positives : negatives) += weights[film.set];
  }
  if (positives == 0 || negatives == 0) return {kNan, kNan, kNan};

  Detection result;
  double hits = 0;          // impossible films at or above the threshold
  double false_alarms = 0;  // possible ones
  const double allowed = std::floor(kFalseAlarmRate * negatives);
  bool below_threshold = false;
  for (size_t i = 0; i < films_.size();) {
    // All films of one score stand or fall together.
    double tied_hits = 0;
    double tied_alarms = 0;
    const double score = films_[i].score;
    for (; i < films_.size() && films_[i].score == score; ++i) {
      (films_[i].impossible ? tied_hits : tied_alarms) += weights[films_[i].set];
    }
    if (!below_threshold && false_alarms + tied_alarms > allowed) {
      below_threshold = true;  // the threshold is this score, and one must exceed it
      result.hit_rate = hits / positives;
    }
    result.auroc += tied_alarms * (hits + tied_hits / 2);
    hits += tied_hits;
    false_alarms += tied_alarms;
    if (tied_hits > 0) result.auprc += tied_hits / positives * hits / (hits + false_alarms);
  }
  result.auroc /= positives * negatives;
  return result;
}

Detection Detect(std::span<const double> possible, std::span<const double> impossible) {
  std::vector<DetectionCurve::Film> films;
  for (const double score : possible) films.push_back({score, false, 0});
  for (const double score : impossible) films.push_back({score, true, 0});
  const int once[] = {1};
  return DetectionCurve(std::move(films)).Measure(once);
}

}  // namespace peekaboo::lab
