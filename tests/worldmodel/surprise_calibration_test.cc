#include "worldmodel/surprise_calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/random.h"

namespace peekaboo::worldmodel {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

TEST(SurpriseCalibration, IsTheConformalQuantile) {
  // Errors 1..99 in random order: with a = 0.1 the ceil(100 * 0.9) = 90th smallest.
  std::vector<float> error;
  for (int i = 0; i < 99; ++i) error.push_back(static_cast<float>(1 + (i * 37) % 99));
  const auto fit = SurpriseCalibration::Fit(error, 99, 1, 0.1);
  EXPECT_EQ(fit.Threshold(0), 90);
  EXPECT_EQ(fit.Mean(0), 50);
  EXPECT_NEAR(fit.Deviation(0), std::sqrt(99 * 100 / 12.0), 1e-9);
  EXPECT_NEAR(fit.AggregateThreshold(), 90 / 50.0, 1e-9);
}

TEST(SurpriseCalibration, KeepsItsPromiseOnNewErrors) {
  RandomStream random(1, "errors");
  const auto draw = [&] { return static_cast<float>(std::exp(random.Normal())); };
  std::vector<float> error(4000);
  for (float& e : error) e = draw();
  const auto fit = SurpriseCalibration::Fit(error, 2000, 2, 0.05);
  int above = 0;
  for (int i = 0; i < 20000; ++i) above += draw() > fit.Threshold(1);
  EXPECT_NEAR(above / 20000.0, 0.05, 0.015);
}

TEST(SurpriseCalibration, EveryHorizonCountsTheSame) {
  const std::vector<float> error = {1, 100, 3, 300};
  const auto fit = SurpriseCalibration::Fit(error, 2, 2, 0.5);
  const std::vector<float> usual = {2, 200}, late = {4, kNone}, none = {kNone, kNone};
  EXPECT_NEAR(fit.Aggregate(usual), 1, 1e-9);
  EXPECT_NEAR(fit.Aggregate(late), 2, 1e-9);
  EXPECT_TRUE(std::isnan(fit.Aggregate(none)));
}

TEST(SurpriseCalibration, SurvivesHavingSeenLittle) {
  const auto nothing = SurpriseCalibration::Fit({}, 0, 2, 0.01);
  EXPECT_EQ(nothing.Threshold(1), std::numeric_limits<double>::infinity());
  const std::vector<float> some = {2, kNone, kNone, kNone};
  const auto one = SurpriseCalibration::Fit(some, 2, 2, 0.01);
  EXPECT_EQ(one.Threshold(0), 2);
  EXPECT_EQ(one.Deviation(0), 0);
  EXPECT_EQ(one.Threshold(1), std::numeric_limits<double>::infinity());
  const std::vector<float> zeros = {0, 0};
  const auto perfect = SurpriseCalibration::Fit(zeros, 2, 1, 0.1);
  const std::vector<float> zero = {0}, wrong = {1};
  EXPECT_EQ(perfect.Aggregate(zero), 0);
  EXPECT_EQ(perfect.Aggregate(wrong), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace peekaboo::worldmodel
