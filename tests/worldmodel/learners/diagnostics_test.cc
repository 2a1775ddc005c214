#include "worldmodel/learners/diagnostics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace peekaboo::worldmodel {
namespace {

TEST(EffectiveRank, OfOrthogonalDirectionsIsTheirNumber) {
  // Eight rows, three directions of equal length, five empty columns.
  constexpr int kSize = 8;
  std::vector<float> rows(9 * kSize);
  for (int n = 0; n < 9; ++n) rows[n * kSize + n % 3] = 2.0f;
  EXPECT_NEAR(EffectiveRank(rows, kSize), 3.0, 1e-4);
}

TEST(EffectiveRank, OfOneDirectionIsOne) {
  std::vector<float> rows(100 * 16);
  for (int n = 0; n < 100; ++n) {
    for (int i = 0; i < 16; ++i) rows[n * 16 + i] = (n + 1) * (i - 7.5f);
  }
  EXPECT_NEAR(EffectiveRank(rows, 16), 1.0, 1e-3);
}

TEST(EffectiveRank, KnowsFewerRowsThanNumbers) {
  std::vector<float> rows(2 * 16);
  rows[0] = 3.0f;  // (3, 0, ...) and (0, 1, 0, ...): shares 3/4 and 1/4
  rows[16 + 1] = 1.0f;
  const double entropy = -(0.75 * std::log(0.75) + 0.25 * std::log(0.25));
  EXPECT_NEAR(EffectiveRank(rows, 16), std::exp(entropy), 1e-4);
}

TEST(EffectiveRank, OfNothingButZerosIsOne) {
  const std::vector<float> rows(64, 0.0f);
  EXPECT_EQ(EffectiveRank(rows, 8), 1.0);
}

TEST(MeasureLatents, TellsClipsApartFromChange) {
  // Two clips of constants +1 and -1: all deviation is between clips, none within.
  constexpr int kFrames = 10;
  std::vector<float> z(2 * kFrames * 3, 1.0f);
  for (size_t i = z.size() / 2; i < z.size(); ++i) z[i] = -1.0f;
  const LatentStatistics s = MeasureLatents(z, 2, kFrames, 3);
  EXPECT_NEAR(s.deviation, std::sqrt(20.0 / 19.0), 1e-6);
  EXPECT_NEAR(s.temporal_deviation, 0.0, 1e-6);
  EXPECT_NEAR(s.copy_error, 0.0, 1e-9);
}

TEST(MeasureLatents, MatchesTheDefinitionsOnNoise) {
  constexpr int kClips = 3, kFrames = 7, kSize = 5;
  RandomStream random(4, "noise");
  std::vector<float> z(kClips * kFrames * kSize);
  for (float& number : z) number = static_cast<float>(random.Normal());
  double deviation = 0, temporal = 0, copy = 0;
  for (int i = 0; i < kSize; ++i) {
    double mean = 0, all = 0, within = 0;
    for (int n = 0; n < kClips * kFrames; ++n) mean += z[n * kSize + i];
    mean /= kClips * kFrames;
    for (int b = 0; b < kClips; ++b) {
      double clip_mean = 0;
      for (int t = 0; t < kFrames; ++t) clip_mean += z[(b * kFrames + t) * kSize + i] / kFrames;
      for (int t = 0; t < kFrames; ++t) {
        const double x = z[(b * kFrames + t) * kSize + i];
        all += (x - mean) * (x - mean);
        within += (x - clip_mean) * (x - clip_mean);
        if (t > 0) copy += std::pow(x - z[(b * kFrames + t - 1) * kSize + i], 2);
      }
    }
    deviation += std::sqrt(all / (kClips * kFrames - 1)) / kSize;
    temporal += std::sqrt(within / (kClips * kFrames - 1)) / kSize;
  }
  const LatentStatistics s = MeasureLatents(z, kClips, kFrames, kSize);
  EXPECT_NEAR(s.deviation, deviation, 1e-5);
  EXPECT_NEAR(s.temporal_deviation, temporal, 1e-5);
  EXPECT_NEAR(s.copy_error, copy / (kClips * (kFrames - 1) * kSize), 1e-5);
}

}  // namespace
}  // namespace peekaboo::worldmodel
