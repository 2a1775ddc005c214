#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sim/random.h"

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

/// How often each of `units` is drawn in one resample with replacement; the sum is `units`.
std::vector<int> DrawWeights(int units, RandomStream& stream);

/// Percentile bootstrap (Efron 1979) over `units` (matched sets): the 2.5% and 97.5% quantiles of
/// `statistic(weights)` over the resamples; `weights[u]` says how often unit u was drawn. Resamples
/// in which the statistic is NaN (no film of one kind was drawn) are left out.
Interval Bootstrap(int units, const std::function<double(std::span<const int>)>& statistic,
                   RandomStream& stream, int resamples = 1000);

/// The 2.5% and 97.5% quantiles (linear between order statistics), NaNs left out.
Interval PercentileInterval(std::vector<double> samples);

/// The exact binomial interval (Clopper & Pearson 1934) of `right` out of `n`. Stands in for the
/// bootstrap where every unit agrees, since resampling equal answers gives no width at all.
Interval ClopperPearson(int right, int n);

/// Regularised incomplete beta function I_x(a, b) for a, b > 0 and x in [0, 1], by its continued
/// fraction (Abramowitz & Stegun 26.5.8, evaluated after Lentz); about 1e-14 absolute.
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

/// Sorts once, then answers for any resample of sets in linear time. A film without a finite
/// score ranks where it does most harm: an impossible one lowest, a possible one highest.
class DetectionCurve {
 public:
  struct Film {
    double score = 0;
    bool impossible = false;
    int set = 0;
  };
  explicit DetectionCurve(std::vector<Film> films);

  /// `weights[set]` as in Bootstrap. NaN where one of the two kinds has no weight.
  Detection Measure(std::span<const int> weights) const;

 private:
  std::vector<Film> films_;  // by falling score
};

/// DetectionCurve with every film once.
Detection Detect(std::span<const double> possible, std::span<const double> impossible);

}  // namespace peekaboo::lab
