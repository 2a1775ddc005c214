#include "lab/battery/scoring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace peekaboo::lab {
namespace {

using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
const std::vector<int> kHorizons = {1, 2};

// Two clips of six frames, two patches. Clip 1's errors are clip 0's times ten.
worldmodel::Perception Seen() {
  worldmodel::Perception seen;
  seen.clips = 2;
  seen.frames = 6;
  for (int clip = 0; clip < 2; ++clip) {
    const float unit = clip == 0 ? 1 : 10;
    for (int t = 0; t < 6; ++t) {
      for (int k = 0; k < 2; ++k) {
        const bool predicted = t >= kHorizons[k];
        const float error = unit * static_cast<float>(t + 1) * (k == 0 ? 1.0f : 2.0f);
        seen.error.push_back(predicted ? error : kNan);
        seen.normalised_error.push_back(predicted ? 1.0f / error : kNan);
        seen.error_patch.push_back(predicted ? 0.5f * error : kNan);
        seen.error_patch.push_back(predicted ? 1.5f * error : kNan);
      }
    }
  }
  return seen;
}

float Score(int clip, const std::string& variant) {
  const auto names = VariantNames(kHorizons);
  const auto found = std::find(names.begin(), names.end(), variant);
  EXPECT_NE(found, names.end()) << variant;
  return ScoreClip(Seen(), clip, kHorizons)[static_cast<size_t>(found - names.begin())];
}

TEST(Scoring, LooksAtTheFramesThatEveryHorizonPredicted) {
  // Frames 2 to 5: errors 3, 4, 5, 6 at k = 1, twice that at k = 2.
  EXPECT_FLOAT_EQ(Score(0, "error_k1_mean"), 4.5f);
  EXPECT_FLOAT_EQ(Score(0, "error_k2_mean"), 9.0f);
  EXPECT_FLOAT_EQ(Score(0, "error_all_mean"), 6.75f);
  EXPECT_FLOAT_EQ(Score(0, "error_k1_max"), 6.0f);
  EXPECT_FLOAT_EQ(Score(0, "error_k1_top4"), 4.5f);
  EXPECT_FLOAT_EQ(Score(0, "patch_k2_max"), 18.0f);
  EXPECT_FLOAT_EQ(Score(0, "expected_k1_max"), 1.0f / 3.0f);
  EXPECT_FLOAT_EQ(Score(1, "error_k1_mean"), 45.0f);
}

TEST(Scoring, EveryVariantHasANameAndAScore) {
  const auto names = VariantNames(kHorizons);
  EXPECT_EQ(names.size(), 3u * 3u * 3u);
  EXPECT_EQ(ScoreClip(Seen(), 1, kHorizons).size(), names.size());
}

TEST(Scoring, ACurveIsNanUntilSomethingWasPredicted) {
  const auto curve = SurpriseCurve(Seen(), 0, kHorizons, "error_k2_mean");
  ASSERT_EQ(curve.size(), 6u);
  EXPECT_TRUE(std::isnan(curve[0]) && std::isnan(curve[1]));
  EXPECT_FLOAT_EQ(curve[2], 6.0f);
  EXPECT_FLOAT_EQ(curve[5], 12.0f);
}

TEST(Scoring, AnUnknownVariantIsNamedWithTheNearest) {
  try {
    SurpriseCurve(Seen(), 0, kHorizons, "error_k2_maen");
    ADD_FAILURE();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("error_k2_maen"));
    EXPECT_THAT(error.what(), HasSubstr("error_k2_mean"));
  }
}

}  // namespace
}  // namespace peekaboo::lab
