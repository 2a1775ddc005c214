#include "lab/statistics/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace peekaboo::lab {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
using Values = std::vector<double>;

// Student 1908, hours of sleep gained under two drugs; R's t.test(extra ~ group) prints
// t = -1.8608, df = 17.776, p-value = 0.07939.
const Values kDrug1 = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const Values kDrug2 = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

TEST(IncompleteBetaTest, AgreesWithHighPrecision) {
  // Computed with 20 digits by another program.
  EXPECT_NEAR(IncompleteBeta(2, 3, 0.4), 0.5248, 1e-14);
  EXPECT_NEAR(IncompleteBeta(0.5, 0.5, 0.3), 0.36901011956554538, 1e-14);
  EXPECT_NEAR(IncompleteBeta(10, 0.5, 0.9), 0.15164090963470997, 1e-14);
  EXPECT_NEAR(IncompleteBeta(50, 60, 0.45), 0.46423529143060363, 1e-13);
  EXPECT_NEAR(IncompleteBeta(500, 2, 0.99), 0.03942289825448765, 1e-13);
  EXPECT_NEAR(IncompleteBeta(0.1, 200, 0.001), 0.87929131900082166, 1e-13);
  EXPECT_EQ(IncompleteBeta(3, 4, 0), 0);
  EXPECT_EQ(IncompleteBeta(3, 4, 1), 1);
  EXPECT_NEAR(IncompleteBeta(3, 7, 0.2) + IncompleteBeta(7, 3, 0.8), 1, 1e-14);
}

TEST(IncompleteBetaTest, OutsideOfItsRange) {
  EXPECT_EQ(IncompleteBeta(3, 4, -1), 0);
  EXPECT_EQ(IncompleteBeta(3, 4, -kInfinity), 0);
  EXPECT_EQ(IncompleteBeta(3, 4, 2), 1);
  EXPECT_EQ(IncompleteBeta(3, 4, kInfinity), 1);
  EXPECT_TRUE(std::isnan(IncompleteBeta(3, 4, kNan)));
}

// What our own continued fraction gave before Boost.Math: results that were published stay true.
TEST(DistributionsTest, SameValuesAsBefore) {
  const auto expect_same = [](double value, double before) {
    EXPECT_NEAR(value, before, 1e-12 * before);
  };
  expect_same(IncompleteBeta(2, 200, 0.01), 0.59806097542621472);
  expect_same(StudentTail(2.2, 17.776), 0.020641571814078826);
  expect_same(StudentTail(5, 4), 0.0037452169406372612);
  expect_same(StudentTail(-3, 4), 0.9800290159641406);
  expect_same(StudentTail(30, 29), 1.098872422549405e-23);
  expect_same(StudentTail(12, 119), 1.57681243666636e-22);
  expect_same(SignTest(30, 3), 7.0058740675449932e-07);
  expect_same(SignTest(45, 15), 6.7257040464249041e-05);
  expect_same(SignTest(60, 0), 8.6736173798844418e-19);
  expect_same(SignTest(10, 50), 0.99999998457482198);
  expect_same(ClopperPearson(0, 30).high, 0.11570330822202779);
  expect_same(ClopperPearson(30, 30).low, 0.88429669177797221);
  expect_same(ClopperPearson(7, 60).low, 0.048214841871341729);
  expect_same(ClopperPearson(7, 60).high, 0.22571615314564808);
  expect_same(ClopperPearson(120, 240).low, 0.43500204430726486);
  expect_same(ClopperPearson(120, 240).high, 0.56499795569273425);
}

TEST(StudentTailTest, TablesAndClosedForms) {
  EXPECT_NEAR(StudentTail(2.228138852, 10), 0.025, 1e-10);  // every t table
  EXPECT_NEAR(StudentTail(3.746947388, 4), 0.01, 1e-10);
  EXPECT_NEAR(StudentTail(1, 1), 0.25, 1e-14);  // Cauchy: 1/2 - atan(1) / pi
  EXPECT_NEAR(StudentTail(-1, 1), 0.75, 1e-14);
  EXPECT_NEAR(StudentTail(0, 7), 0.5, 1e-14);
  EXPECT_NEAR(StudentTail(5, 3.3), 0.0061072105640439379, 1e-14);
  EXPECT_NEAR(StudentTail(12, 200) / 1.2110680026233157e-25, 1, 1e-12);
  EXPECT_EQ(StudentTail(kInfinity, 3), 0);
  EXPECT_EQ(StudentTail(-kInfinity, 3), 1);
  EXPECT_TRUE(std::isnan(StudentTail(kNan, 3)));
}

TEST(StudentTailTest, SmallStatisticsOfManyDegreesOfFreedom) {
  // Almost the normal distribution: 1/2 - 0.001 / sqrt(2 pi).
  EXPECT_NEAR(StudentTail(0.001, 1e6), 0.49960105788582, 1e-13);
}

TEST(WelchTest, StudentsSleepData) {
  const TTest test = WelchTest(EstimateOf(kDrug1), EstimateOf(kDrug2));
  EXPECT_NEAR(test.t, -1.8608, 5e-5);
  EXPECT_NEAR(test.df, 17.776, 5e-4);
  EXPECT_NEAR(test.p_two_sided, 0.07939, 5e-6);
  EXPECT_NEAR(test.p_greater, 1 - 0.07939 / 2, 5e-6);
}

TEST(WelchTest, WithoutVarianceAndWithoutNumbers) {
  const Estimate one{1, 0, 0};
  const Estimate half{0.5, 0, 4};
  EXPECT_EQ(WelchTest(one, half).p_greater, 0);
  EXPECT_EQ(WelchTest(half, one).p_greater, 1);
  EXPECT_EQ(WelchTest(half, half).p_greater, 0.5);
  EXPECT_EQ(WelchTest(half, half).p_two_sided, 1);
  EXPECT_EQ(WelchTest({kNan, 0, 1}, half).p_greater, 1);
  EXPECT_EQ(WelchTest(EstimateOf(Values{}), half).p_greater, 1);
}

TEST(WelchTest, FewSetsAreNoCertainty) {
  // Two sets right against networks at 50%: not enough. A hundred: enough.
  const Estimate networks = EstimateOf(Values{0.48, 0.5, 0.52, 0.49, 0.51});
  EXPECT_GT(WelchTest(EstimateOfShare(Values(2, 1.0)), networks).p_greater, 0.01);
  EXPECT_LT(WelchTest(EstimateOfShare(Values(100, 1.0)), networks).p_greater, 1e-6);
}

TEST(SignTestTest, ExactBinomial) {
  EXPECT_NEAR(SignTest(8, 2), 56.0 / 1024, 1e-14);
  EXPECT_NEAR(SignTest(5, 5), 638.0 / 1024, 1e-14);
  EXPECT_EQ(SignTest(10, 0), 1.0 / 1024);
  EXPECT_EQ(SignTest(0, 10), 1);
  EXPECT_EQ(SignTest(0, 0), 1);
}

TEST(ClopperPearsonTest, KnownIntervals) {
  const Interval eight = ClopperPearson(8, 10);
  EXPECT_NEAR(eight.low, 0.44390453769235846, 1e-12);
  EXPECT_NEAR(eight.high, 0.97478927367316662, 1e-12);
  EXPECT_NEAR(ClopperPearson(10, 10).low, std::pow(0.025, 0.1), 1e-12);
  EXPECT_EQ(ClopperPearson(10, 10).high, 1);
  EXPECT_NEAR(ClopperPearson(0, 10).high, 1 - std::pow(0.025, 0.1), 1e-12);
  EXPECT_EQ(ClopperPearson(0, 10).low, 0);
  EXPECT_EQ(ClopperPearson(0, 0).low, 0);  // nothing is known
  EXPECT_EQ(ClopperPearson(0, 0).high, 1);
}

TEST(HedgesGTest, ByHand) {
  // Means 4 and 2, both variances 1: d = 2, correction 1 - 3 / (4 * 6 - 9) = 0.8.
  EXPECT_NEAR(HedgesG(Values{3, 4, 5}, Values{1, 2, 3}), 1.6, 1e-12);
  EXPECT_NEAR(HedgesG(Values{1, 2, 3}, Values{3, 4, 5}), -1.6, 1e-12);
  EXPECT_EQ(HedgesG(Values{1, 2, 3}, Values{1, 2, 3}), 0);
  EXPECT_TRUE(std::isnan(HedgesG(Values{1, 1}, Values{2, 2})));
  EXPECT_TRUE(std::isnan(HedgesG(Values{1}, Values{2})));
  EXPECT_TRUE(std::isnan(HedgesG(Values{1, 2, kNan}, Values{2, 3, 4})));
}

TEST(ResamplesTest, IntervalOfAProportion) {
  // 70 of 100: the interval is about 0.7 +- 1.96 sqrt(0.21 / 100) = 0.7 +- 0.090.
  Values right(100, 0.0);
  std::fill_n(right.begin(), 70, 0.01);
  RandomStream stream(7, "test");
  const Interval interval = PercentileInterval(Resamples(100, 4000, stream).Sums(right));
  EXPECT_NEAR(interval.low, 0.61, 0.015);
  EXPECT_NEAR(interval.high, 0.79, 0.015);
  RandomStream again(7, "test");
  const Interval same = PercentileInterval(Resamples(100, 4000, again).Sums(right));
  EXPECT_EQ(same.low, interval.low);
  EXPECT_EQ(same.high, interval.high);
}

TEST(ResamplesTest, WeightsSumToTheUnits) {
  RandomStream stream(1, "test");
  const Resamples resamples(5, 50, stream);
  for (const double sum : resamples.Sums(Values(5, 1.0))) EXPECT_EQ(sum, 5);
  EXPECT_EQ(Resamples::Itself(3).Sums(Values{1, 2, 4}), Values{7});
}

TEST(ResamplesTest, NanSpoilsOnlyWhereItWasDrawn) {
  RandomStream stream(1, "test");
  const Resamples resamples(3, 200, stream);
  const Values sums = resamples.Sums(Values{kNan, 1, 1});
  for (int i = 0; i < 200; ++i) EXPECT_EQ(std::isnan(sums[i]), resamples.Weights(0)[i] > 0);
  EXPECT_EQ(PercentileInterval(sums).low, 3);
  EXPECT_TRUE(std::isnan(PercentileInterval({kNan}).low));
}

TEST(DetectTest, PublishedExample) {
  // scikit-learn's documentation of roc_auc_score and average_precision_score.
  const Detection detection = Detect(Values{0.1, 0.4}, Values{0.35, 0.8});
  EXPECT_DOUBLE_EQ(detection.auroc, 0.75);
  EXPECT_NEAR(detection.auprc, 0.5 + 0.5 * 2 / 3, 1e-12);
}

TEST(DetectTest, Extremes) {
  const Detection perfect = Detect(Values{1, 2, 3}, Values{4, 5});
  EXPECT_EQ(perfect.auroc, 1);
  EXPECT_EQ(perfect.auprc, 1);
  EXPECT_EQ(perfect.hit_rate, 1);
  EXPECT_EQ(Detect(Values{4, 5}, Values{1, 2, 3}).auroc, 0);
  // All equal: every ranking is worth half, precision is the share of positives, nothing exceeds.
  const Detection equal = Detect(Values{1, 1, 1}, Values{1});
  EXPECT_EQ(equal.auroc, 0.5);
  EXPECT_EQ(equal.auprc, 0.25);
  EXPECT_EQ(equal.hit_rate, 0);
  EXPECT_TRUE(std::isnan(Detect(Values{}, Values{1}).auroc));
}

TEST(DetectTest, HitRateAtATenthOfFalseAlarms) {
  // Of 20 possible films two may exceed the threshold: it is 18, the third highest.
  Values possible;
  for (int i = 1; i <= 20; ++i) possible.push_back(i);
  EXPECT_EQ(Detect(possible, Values{17, 18, 18.5, 19.5}).hit_rate, 0.5);
  // A tie across the threshold counts against us: 18 and 19 equal leaves one above.
  possible[17] = 19;
  EXPECT_EQ(Detect(possible, Values{17, 18, 18.5, 19.5}).hit_rate, 0.25);
}

TEST(DetectTest, AFilmWithoutAScoreIsWrong) {
  EXPECT_EQ(Detect(Values{1, 2}, Values{kNan}).auroc, 0);
  EXPECT_EQ(Detect(Values{kNan}, Values{1, 2}).auroc, 0);
}

TEST(DetectionCurveTest, WeightsActLikeCopies) {
  const DetectionCurve curve({{1, false, 0}, {3, true, 0}, {2, false, 1}, {0.5, true, 1}});
  RandomStream stream(3, "test");
  const Resamples resamples(2, 40, stream);
  const std::vector<Detection> weighted = curve.Measure(resamples);
  for (int i = 0; i < resamples.count(); ++i) {
    Values possible, impossible;
    for (int copy = 0; copy < resamples.Weights(0)[i]; ++copy) {
      possible.push_back(1);
      impossible.push_back(3);
    }
    for (int copy = 0; copy < resamples.Weights(1)[i]; ++copy) {
      possible.push_back(2);
      impossible.push_back(0.5);
    }
    const Detection copied = Detect(possible, impossible);
    EXPECT_DOUBLE_EQ(weighted[i].auroc, copied.auroc);
    EXPECT_DOUBLE_EQ(weighted[i].auprc, copied.auprc);
    EXPECT_DOUBLE_EQ(weighted[i].hit_rate, copied.hit_rate);
  }
}

}  // namespace
}  // namespace peekaboo::lab
