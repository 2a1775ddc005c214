#include "worldmodel/readout/surprise_calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace peekaboo::worldmodel {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

constexpr int kLasting = SurpriseCalibration::kLasting;

SurpriseCalibration Fit(const std::vector<float>& normalised_error, int films, int frames,
                        int horizons, double false_alarms) {
  return SurpriseCalibration::Fit(normalised_error, normalised_error, films, frames, horizons,
                                  false_alarms);
}

/// At the last of the frames, [frames, K].
double Surprise(const SurpriseCalibration& fit, const std::vector<float>& normalised_error) {
  std::vector<std::span<const float>> frames;
  for (size_t at = 0; at < normalised_error.size(); at += fit.horizons())
    frames.emplace_back(&normalised_error[at], fit.horizons());
  return fit.Surprise(frames);
}

TEST(SurpriseCalibration, IsTheConformalQuantileOfFilms) {
  // The largest of each film e^-4.9 .. e^4.9 in random order: with a = 0.1 the ceil(100 * 0.9) =
  // 90th smallest. Films of two frames are too short for lasting surprise.
  std::vector<float> normalised_error;
  for (int i = 0; i < 99; ++i) {
    const float most = 0.1f * static_cast<float>((i * 37) % 99 - 49);
    normalised_error.push_back(std::exp(most));
    normalised_error.push_back(std::exp(most - 2));
  }
  const auto fit = Fit(normalised_error, 99, 2, 1, 0.1);
  EXPECT_NEAR(fit.Usual(0), std::exp(-1), 1e-6);
  EXPECT_NEAR(fit.Threshold(), std::exp(0.1 * 40 + 1), 1e-3);
  EXPECT_EQ(fit.LastingThreshold(), std::numeric_limits<double>::infinity());
  EXPECT_NEAR(Surprise(fit, std::vector<float>(20, std::exp(-1))), 1, 1e-6);
}

TEST(SurpriseCalibration, KeepsItsPromiseOnNewFilms) {
  RandomStream random(1, "expected");
  constexpr int kFrames = 16, kHorizons = 3;
  // Films differ, and the frames of one are alike.
  const auto film = [&] {
    std::vector<float> normalised_error;
    const double of_film = 0.5 * random.Normal();
    for (int i = 0; i < kFrames * kHorizons; ++i)
      normalised_error.push_back(static_cast<float>(std::exp(of_film + random.Normal())));
    return normalised_error;
  };
  std::vector<float> normalised_error;
  for (int i = 0; i < 1000; ++i) {
    const auto more = film();
    normalised_error.insert(normalised_error.end(), more.begin(), more.end());
  }
  const auto fit = Fit(normalised_error, 1000, kFrames, kHorizons, 0.05);
  int above = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto frames = film();
    bool alarm = false;
    for (int t = 1; t <= kFrames; ++t)
      alarm = alarm ||
              Surprise(fit, {frames.begin(), frames.begin() + t * kHorizons}) > fit.Threshold();
    above += alarm;
  }
  EXPECT_GT(above / 2000.0, 0.035) << "either alone";
  EXPECT_LT(above / 2000.0, 0.12) << "both";
}

TEST(SurpriseCalibration, SuddenSurpriseLeavesOutTheLongestHorizon) {
  const std::vector<float> normalised_error = {1, 100, 7, 4, 400, 7};
  const std::vector<float> error = {1, 3, 5, 2, 5, kNone};
  const auto fit = SurpriseCalibration::Fit(error, normalised_error, 1, 2, 3, 0.5);
  EXPECT_NEAR(fit.Usual(0), 2, 1e-6);
  EXPECT_NEAR(fit.Usual(1), 200, 1e-3);
  EXPECT_EQ(fit.MeanError(1), 4);
  EXPECT_EQ(fit.MeanError(2), 5);
  EXPECT_NEAR(Surprise(fit, {2, 200, 9}), 1, 1e-6);
  EXPECT_NEAR(Surprise(fit, {8, kNone, kNone}), 4, 1e-6);
  EXPECT_NEAR(Surprise(fit, {8, 200, 1}), 2, 1e-6);
  EXPECT_TRUE(std::isnan(Surprise(fit, {kNone, kNone, kNone})));
}

// What is never far above the usual in a frame, but stays there: a car that does not fall.
TEST(SurpriseCalibration, WhatLastsIsAnAlarmToo) {
  constexpr double kSudden = 16, kLast = 4;
  const auto fit = SurpriseCalibration::FromNumbers({1, 1, 1, 1}, {1, 1, 1, 1}, kSudden, kLast);
  const auto lasts = [&](int frames, float each) {
    std::vector<float> normalised_error;
    for (int t = 0; t < 12; ++t) {
      const float late = t < 12 - frames ? 1 : each;
      normalised_error.insert(normalised_error.end(), {1, 1, late, late});
    }
    return Surprise(fit, normalised_error);
  };
  EXPECT_NEAR(lasts(0, 5), 1, 1e-6) << "the usual stays 1";
  EXPECT_LT(lasts(4, 5), kSudden);
  EXPECT_GT(lasts(kLasting, 5), kSudden);
  EXPECT_NEAR(lasts(kLasting, kLast), kSudden, 1e-4) << "one threshold for both";
  // Too few frames to have lasted.
  EXPECT_NEAR(Surprise(fit, {1, 1, 9, 9, 1, 1, 9, 9}), std::cbrt(9), 1e-5);
}

TEST(SurpriseCalibration, SurvivesHavingSeenLittle) {
  const auto nothing = Fit({}, 0, 1, 2, 0.01);
  EXPECT_EQ(nothing.Threshold(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(nothing.MeanError(1), std::numeric_limits<double>::infinity());
  const auto one = Fit({2, kNone, kNone, kNone}, 1, 2, 2, 0.01);
  EXPECT_NEAR(one.Usual(0), 2, 1e-6);
  EXPECT_NEAR(one.Threshold(), 1, 1e-6);
  const auto perfect = Fit({0, 0}, 1, 2, 1, 0.1);
  EXPECT_NEAR(Surprise(perfect, {0}), 1, 1e-6);
  EXPECT_GT(Surprise(perfect, {1}), 1e6);
  // Films that were all alike make no lasting threshold that anything could be measured by.
  const auto alike = Fit(std::vector<float>(20, 1), 2, 10, 1, 0.1);
  EXPECT_NEAR(Surprise(alike, std::vector<float>(10, 3)), 3, 1e-5);
}

}  // namespace
}  // namespace peekaboo::worldmodel
