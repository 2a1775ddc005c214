#include "worldmodel/surprise_calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/random.h"

namespace peekaboo::worldmodel {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

SurpriseCalibration Fit(const std::vector<float>& expected, int rows, int horizons,
                        double false_alarms) {
  return SurpriseCalibration::Fit(expected, expected, rows, horizons, false_alarms);
}

TEST(SurpriseCalibration, IsTheConformalQuantile) {
  // Surprises e^-4.9 .. e^4.9 in random order: with a = 0.1 the ceil(100 * 0.9) = 90th smallest.
  std::vector<float> expected;
  for (int i = 0; i < 99; ++i)
    expected.push_back(std::exp(0.1f * static_cast<float>((i * 37) % 99 - 49)));
  const auto fit = Fit(expected, 99, 1, 0.1);
  EXPECT_NEAR(fit.Usual(0), 1, 1e-6);
  EXPECT_NEAR(fit.Threshold(), std::exp(0.1 * 40), 1e-4);
}

TEST(SurpriseCalibration, KeepsItsPromiseOnNewFrames) {
  RandomStream random(1, "expected");
  const auto draw = [&] { return static_cast<float>(std::exp(random.Normal())); };
  std::vector<float> expected(4000);
  for (float& e : expected) e = draw();
  const auto fit = Fit(expected, 2000, 2, 0.05);
  int above = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::vector<float> frame = {draw(), draw()};
    above += fit.Surprise(frame) > fit.Threshold();
  }
  EXPECT_NEAR(above / 20000.0, 0.05, 0.015);
}

TEST(SurpriseCalibration, TheSoonestHorizonsCountTheSame) {
  const std::vector<float> expected = {1, 100, 7, 4, 400, 7};
  const std::vector<float> error = {1, 3, 5, 2, 5, kNone};
  const auto fit = SurpriseCalibration::Fit(error, expected, 2, 3, 0.5);
  EXPECT_NEAR(fit.Usual(0), 2, 1e-6);
  EXPECT_NEAR(fit.Usual(1), 200, 1e-3);
  EXPECT_EQ(fit.MeanError(1), 4);
  EXPECT_EQ(fit.MeanError(2), 5);
  const std::vector<float> usual = {2, 200, 9}, late = {8, kNone, kNone}, mixed = {8, 200, 1},
                           none = {kNone, kNone, kNone};
  EXPECT_NEAR(fit.Surprise(usual), 1, 1e-6);
  EXPECT_NEAR(fit.Surprise(late), 4, 1e-6);
  EXPECT_NEAR(fit.Surprise(mixed), 2, 1e-6);
  EXPECT_TRUE(std::isnan(fit.Surprise(none)));
}

TEST(SurpriseCalibration, SurvivesHavingSeenLittle) {
  const auto nothing = Fit({}, 0, 2, 0.01);
  EXPECT_EQ(nothing.Threshold(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(nothing.MeanError(1), std::numeric_limits<double>::infinity());
  const std::vector<float> some = {2, kNone, kNone, kNone};
  const auto one = Fit(some, 2, 2, 0.01);
  EXPECT_NEAR(one.Usual(0), 2, 1e-6);
  EXPECT_NEAR(one.Threshold(), 1, 1e-6);
  const std::vector<float> zeros = {0, 0};
  const auto perfect = Fit(zeros, 2, 1, 0.1);
  const std::vector<float> zero = {0}, wrong = {1};
  EXPECT_NEAR(perfect.Surprise(zero), 1, 1e-6);
  EXPECT_GT(perfect.Surprise(wrong), 1e6);
}

}  // namespace
}  // namespace peekaboo::worldmodel
