#include "worldmodel/readout/latent_projection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int kSize = 5;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Normal along three skewed orthogonal directions around a mean, with the given deviations.
std::vector<float> Cloud(int rows, const std::vector<double>& deviations, uint64_t index) {
  const double directions[3][kSize] = {{0.6, 0.8, 0, 0, 0}, {0, 0, -1, 0, 0}, {0.8, -0.6, 0, 0, 0}};
  RandomStream random(1, "cloud", index);
  std::vector<float> cloud;
  for (int n = 0; n < rows; ++n) {
    double at[kSize] = {10, -3, 0.5, 7, 1};
    for (int i = 0; i < 3; ++i) {
      const double along = deviations[i] * random.Normal();
      for (int d = 0; d < kSize; ++d) at[d] += along * directions[i][d];
    }
    cloud.insert(cloud.end(), at, at + kSize);
  }
  return cloud;
}

double Length(std::span<const double> axis) {
  return std::sqrt(std::inner_product(axis.begin(), axis.end(), axis.begin(), 0.0));
}

void ExpectFinite(const LatentProjection& fit, std::span<const float> rows) {
  for (const float x : fit.Project(rows)) EXPECT_TRUE(std::isfinite(x));
  for (int i = 0; i < LatentProjection::kAxes; ++i) {
    EXPECT_TRUE(std::isfinite(fit.Explained(i)));
    EXPECT_TRUE(Length(fit.Axis(i)) == 0 || std::abs(Length(fit.Axis(i)) - 1) < 1e-9);
  }
}

TEST(LatentProjection, FindsTheDirectionsThatARowsVaryAlong) {
  const std::vector<float> cloud = Cloud(20000, {3, 2, 1}, 0);
  const auto fit = LatentProjection::Fit(cloud, kSize);
  EXPECT_NEAR(fit.Axis(0)[1], 0.8, 0.02);
  EXPECT_NEAR(fit.Axis(0)[0], 0.6, 0.02);
  EXPECT_NEAR(fit.Axis(1)[2], 1, 0.02);  // the largest number is positive
  EXPECT_NEAR(fit.Explained(0), 9.0 / 14, 0.02);
  EXPECT_NEAR(fit.Explained(1), 4.0 / 14, 0.02);
  EXPECT_NEAR(fit.Explained(2), 1.0 / 14, 0.02);
  const std::vector<float> point = {10 + 3 * 0.6f, -3 + 3 * 0.8f, 0.5f, 7, 1};
  const std::vector<float> at = fit.Project(point);
  ASSERT_EQ(at.size(), 3);
  EXPECT_NEAR(at[0], 3, 0.1);
  EXPECT_NEAR(at[1], 0, 0.1);
}

TEST(LatentProjection, FewRowsGiveTheAxesOfMany) {
  // Fewer rows than numbers go another way through the linear algebra.
  const std::vector<float> few = Cloud(4, {3, 2, 1}, 1);
  std::vector<float> many;
  for (int copy = 0; copy < 5; ++copy) many.insert(many.end(), few.begin(), few.end());
  const auto a = LatentProjection::Fit(few, kSize), b = LatentProjection::Fit(many, kSize);
  const std::vector<float> there = a.Project(few), here = b.Project(few);
  for (size_t i = 0; i < there.size(); ++i) EXPECT_NEAR(there[i], here[i], 1e-5);
}

TEST(LatentProjection, ARefitDoesNotFlip) {
  const auto before = LatentProjection::Fit(Cloud(2000, {3, 2.1, 2}, 2), kSize);
  std::vector<double> axes;
  for (int i = 0; i < 3; ++i) {
    for (const double x : before.Axis(i)) axes.push_back(-x);
  }
  const std::vector<double> explained = {0.5, 0.3, 0.2};
  const auto mirrored =
      LatentProjection::FromNumbers({before.mean().begin(), before.mean().end()}, axes, explained);
  // The two smaller directions changed places in importance, the largest stays the largest.
  const std::vector<float> now = Cloud(2000, {3, 2, 2.1}, 3);
  const auto after = LatentProjection::Fit(now, kSize, &mirrored);
  for (int i = 0; i < 3; ++i) {
    EXPECT_GT(std::inner_product(axes.begin() + i * kSize, axes.begin() + (i + 1) * kSize,
                                 after.Axis(i).begin(), 0.0),
              0.8)
        << i;
  }
  EXPECT_GT(after.Explained(2), after.Explained(1));
}

TEST(LatentProjection, WhatMattersMuchMoreComesFirstWhateverWasBefore) {
  const auto before = LatentProjection::Fit(Cloud(2000, {3, 1, 0}, 4), kSize);
  const auto after = LatentProjection::Fit(Cloud(2000, {1, 3, 0}, 5), kSize, &before);
  EXPECT_GT(after.Explained(0), 0.85);
  EXPECT_NEAR(std::abs(after.Axis(0)[2]), 1, 0.02);
}

TEST(LatentProjection, SurvivesTooFewRows) {
  const std::vector<float> two = {1, 2, 3, 4, 5, 1, 2, 3, 4, 7};
  const auto none = LatentProjection::Fit({}, kSize);
  ExpectFinite(none, two);
  const auto one = LatentProjection::Fit(std::span(two).first(kSize), kSize);
  ExpectFinite(one, two);
  EXPECT_EQ(one.Project(two), std::vector<float>(6, 0.0f));
  const auto both = LatentProjection::Fit(two, kSize, &one);
  ExpectFinite(both, two);
  EXPECT_EQ(both.Project(two), (std::vector<float>{-1, 0, 0, 1, 0, 0}));
  EXPECT_EQ(both.Explained(0), 1);
}

TEST(LatentProjection, WhatNeverChangesSpansNothing) {
  std::vector<float> rows;
  for (int n = 0; n < 100; ++n) {
    rows.insert(rows.end(), {0.1f, 1e6f, 3.3f, static_cast<float>(n % 2), -7.7f});
  }
  const auto fit = LatentProjection::Fit(rows, kSize);
  ExpectFinite(fit, rows);
  EXPECT_NEAR(fit.Axis(0)[3], 1, 1e-9);
  EXPECT_EQ(Length(fit.Axis(1)), 0);
  const std::vector<float> same(50 * kSize, 0.1f);
  ExpectFinite(LatentProjection::Fit(same, kSize), same);
  EXPECT_EQ(LatentProjection::Fit(same, kSize).Explained(0), 0);
}

TEST(LatentProjection, RowsThatAreNotFiniteDoNotCount) {
  std::vector<float> rows = Cloud(50, {3, 2, 1}, 6);
  const auto clean = LatentProjection::Fit(std::span(rows).first(49 * kSize), kSize);
  rows[49 * kSize + 2] = kNan;
  const auto fit = LatentProjection::Fit(rows, kSize);
  ExpectFinite(fit, rows);
  EXPECT_EQ(fit.Project(rows), clean.Project(rows));
  EXPECT_EQ(fit.Project(rows).back(), 0);
}

}  // namespace
}  // namespace peekaboo::worldmodel
