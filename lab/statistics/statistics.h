#pragma once

#include <span>
#include <vector>

#include "base/random.h"

/// The numbers of a violation-of-expectation battery. Pure functions of spans; any thread. NaN goes
/// in as a wrong answer or comes out as NaN, it never crashes.
namespace peekaboo::lab {

/// A 95% interval.
struct Interval {
  double low = 0;
  double high = 0;
};

double Mean(std::span<const double> values);
/// Unbiased (n - 1); 0 for fewer than two values.
double Variance(std::span<const double> values);

/// Resamples of `units` things (matched sets) with replacement, for the percentile bootstrap (Efron
/// 1979). Kept as weights, how often each unit was drawn, so that a statistic runs over all
/// resamples at once.
class Resamples {
 public:
  Resamples(int units, int count, RandomStream& stream);
  /// One "resample" that is the sample itself.
  static Resamples Itself(int units);

  int units() const { return units_; }
  int count() const { return count_; }
  /// [count]: how often `unit` is in each resample.
  std::span<const double> Weights(int unit) const {
    return std::span(weights_).subspan(static_cast<size_t>(unit) * count_, count_);
  }
  /// [count]: sum over units of weight * value. A NaN spoils the resamples that drew it.
  std::vector<double> Sums(std::span<const double> values) const;

 private:
  Resamples(int units, int count, double weight)
      : units_(units), count_(count), weights_(static_cast<size_t>(units) * count, weight) {}

  int units_;
  int count_;
  std::vector<double> weights_;  // [units, count]
};

/// The 2.5% and 97.5% quantiles (linear between order statistics), NaNs left out.
Interval PercentileInterval(std::vector<double> samples);

/// The exact binomial interval (Clopper & Pearson 1934) of `right` out of `n`. Stands in for the
/// bootstrap where every unit agrees, since resampling equal answers gives no width at all.
Interval ClopperPearson(int right, int n);

/// Regularised incomplete beta function I_x(a, b) for a, b > 0; 0 for x below 0, 1 for x above 1.
double IncompleteBeta(double a, double b, double x);

/// P(T > t) of Student's t with `df` > 0 degrees of freedom.
double StudentTail(double t, double df);

/// A mean with its uncertainty, for WelchTest.
struct Estimate {
  double mean = 0;
  double variance_of_mean = 0;  ///< s^2 / n
  double df = 0;                ///< n - 1
};

Estimate EstimateOf(std::span<const double> values);

/// The estimate of a proportion from per-set shares in [0, 1]. Its variance is at least that of a
/// proportion (k + 1/2) / (n + 1) (Jeffreys), so that "all right" out of few sets is not certainty.
Estimate EstimateOfShare(std::span<const double> shares);

/// Whether two means differ.
struct TTest {
  double t = 0;
  double df = 0;         ///< Welch-Satterthwaite
  double p_greater = 1;  ///< one-sided: the first mean is larger
  double p_two_sided = 1;
};

/// Welch 1947: unequal variances. Without any variance the answer is certain (t infinite) or, for
/// equal means, none (p = 1 two-sided, 1/2 one-sided). NaN means give p = 1.
TTest WelchTest(const Estimate& a, const Estimate& b);

/// Exact one-sided sign test: P(X >= wins) for X ~ Binomial(wins + losses, 1/2). On the discordant
/// sets of two classifiers it is McNemar's exact test. 1 without wins.
double SignTest(int wins, int losses);

/// Hedges & Olkin 1985: (mean(a) - mean(b)) / pooled standard deviation, times the small-sample
/// correction 1 - 3 / (4 (n_a + n_b) - 9). 0 if the means are equal; NaN below four values in all,
/// and for different means without any spread.
double HedgesG(std::span<const double> a, std::span<const double> b);

/// What one threshold on the score can do over all films at once: possible films are negatives,
/// impossible ones positives.
struct Detection {
  double auroc = 0;     ///< P(impossible > possible) + 1/2 P(equal)
  double auprc = 0;     ///< average precision, sum (R_k - R_{k-1}) P_k over distinct thresholds
  double hit_rate = 0;  ///< share of impossible films above the threshold that at most 10% of the
                        ///< possible films exceed
};

/// Sorts once, then answers for any number of resamples of sets. A film without a finite
/// score ranks where it does most harm: an impossible one lowest, a possible one highest.
class DetectionCurve {
 public:
  /// How surprising a film was.
  struct Film {
    double score = 0;
    bool impossible = false;
    int set = 0;
  };
  explicit DetectionCurve(std::vector<Film> films);

  /// One answer a resample of the sets; NaN where one of the two kinds was not drawn.
  std::vector<Detection> Measure(const Resamples& resamples) const;

 private:
  std::vector<Film> films_;  // by falling score
};

/// DetectionCurve with every film once.
Detection Detect(std::span<const double> possible, std::span<const double> impossible);

}  // namespace peekaboo::lab
