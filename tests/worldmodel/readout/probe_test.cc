#include "worldmodel/readout/probe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/random.h"

namespace peekaboo::worldmodel {
namespace {

std::vector<float> Noise(size_t size, uint64_t index) {
  RandomStream stream(1, "probe_test", index);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(stream.Normal());
  return values;
}

TEST(LinearProbeTest, RecoversALine) {
  // y0 = 3 x0 - 2 x1 + 5, y1 = 100: features of very different size, one of them constant.
  const int rows = 5000;
  const std::vector<float> noise = Noise(2 * rows, 0);
  std::vector<float> x, y;
  for (int i = 0; i < rows; ++i) {
    const float a = 1000 + 50 * noise[2 * i];
    const float b = 1e-3f * noise[2 * i + 1];
    x.insert(x.end(), {a, b, 7.1f});
    y.insert(y.end(), {3 * a - 2 * b + 5, 100});
  }
  const LinearProbe probe = LinearProbe::Fit(x, 3, y, 2, 1e-9);
  const std::vector<float> held_out = {900, 0.002f, 7.1f};
  const std::vector<float> prediction = probe.Predict(held_out);
  EXPECT_NEAR(prediction[0], 3 * 900 - 2 * 0.002 + 5, 1e-2);
  EXPECT_NEAR(prediction[1], 100, 1e-6);
  const std::vector<double> r2 = RSquared(probe.Predict(x), y, 2);
  EXPECT_GT(r2[0], 0.999999);
  EXPECT_TRUE(std::isnan(r2[1]));  // nothing to explain
}

TEST(LinearProbeTest, RidgeShrinksAsTheFormulaSays) {
  // One standardised feature: w = 1 / (1 + ridge), so at ridge 1 half of the slope is left.
  const std::vector<float> x = {-1, 1, -1, 1};
  const std::vector<float> y = {6, 14, 6, 14};
  const LinearProbe probe = LinearProbe::Fit(x, 1, y, 1, 1.0);
  EXPECT_FLOAT_EQ(probe.Predict(std::vector<float>{1.0f})[0], 12.0f);
  // residuals are 2 of 4: R^2 = 1 - 1/4.
  EXPECT_NEAR(RSquared(probe.Predict(x), y, 1)[0], 0.75, 1e-6);
}

TEST(LinearProbeTest, NoiseExplainsItsShareAndNoMore) {
  // y = x + e with equal variances: R^2 = 1/2 on fresh rows. Pure noise: about 0, never above.
  const int rows = 20000;
  const auto make = [&](uint64_t index) {
    std::pair<std::vector<float>, std::vector<float>> data{Noise(rows * 8, index), {}};
    const std::vector<float> e = Noise(rows * 2, index + 1);
    for (int i = 0; i < rows; ++i) {
      data.second.push_back(data.first[8 * i] + e[2 * i]);
      data.second.push_back(e[2 * i + 1]);
    }
    return data;
  };
  const auto [train_x, train_y] = make(10);
  const auto [test_x, test_y] = make(20);
  const LinearProbe probe = LinearProbe::Fit(train_x, 8, train_y, 2);
  const std::vector<double> r2 = RSquared(probe.Predict(test_x), test_y, 2);
  EXPECT_NEAR(r2[0], 0.5, 0.02);
  EXPECT_NEAR(r2[1], 0.0, 0.01);
}

TEST(LinearProbeTest, CopiesOfAFeatureAndMoreFeaturesThanRows) {
  std::vector<float> x, y;
  for (int i = 0; i < 10; ++i) {
    const float v = static_cast<float>(i);
    for (int copy = 0; copy < 30; ++copy) x.push_back(v);
    y.push_back(2 * v);
  }
  const LinearProbe probe = LinearProbe::Fit(x, 30, y, 1, 1e-6);
  EXPECT_GT(RSquared(probe.Predict(x), y, 1)[0], 0.999);
}

TEST(LinearProbeTest, ADivergedNetworkGivesNanNotACrash) {
  std::vector<float> x = {1, 2, 3, 4};
  x[2] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> y = {1, 2, 3, 4};
  const LinearProbe probe = LinearProbe::Fit(x, 1, y, 1);
  EXPECT_TRUE(std::isnan(RSquared(probe.Predict(x), y, 1)[0]));
  const std::vector<int32_t> labels = {0, 1, 0, 1};
  const LinearClassifier classifier = LinearClassifier::Fit(x, 1, labels, 2);
  EXPECT_EQ(ScoreClassifier(classifier.Predict(x), labels).accuracy, 0.0);
}

TEST(RSquaredTest, KnownValues) {
  const std::vector<float> y = {1, 2, 3, 4};
  EXPECT_EQ(RSquared(y, y, 1)[0], 1.0);
  const std::vector<float> mean(4, 2.5f);
  EXPECT_EQ(RSquared(mean, y, 1)[0], 0.0);
  const std::vector<float> reversed = {4, 3, 2, 1};
  EXPECT_DOUBLE_EQ(RSquared(reversed, y, 1)[0], 1.0 - 20.0 / 5.0);
  EXPECT_TRUE(std::isnan(RSquared({}, {}, 1)[0]));
}

TEST(LinearClassifierTest, SeparatesThreeCorners) {
  const std::vector<float> noise = Noise(2 * 3000, 30);
  std::vector<float> x;
  std::vector<int32_t> labels;
  for (int i = 0; i < 3000; ++i) {
    const int label = i % 3;
    labels.push_back(label);
    x.push_back(0.1f * noise[2 * i] + (label == 1 ? 1.0f : 0.0f));
    x.push_back(0.1f * noise[2 * i + 1] + (label == 2 ? 1.0f : 0.0f));
  }
  const LinearClassifier classifier = LinearClassifier::Fit(x, 2, labels, 3);
  const ClassifierScore score = ScoreClassifier(classifier.Predict(x), labels);
  EXPECT_EQ(score.rows, 3000);
  EXPECT_GT(score.accuracy, 0.99);
  EXPECT_NEAR(score.majority, 1.0 / 3, 1e-12);
}

TEST(LinearClassifierTest, ScoresUnbalancedLabelsFairly) {
  // Always "0": 9 of 10 right, yet no better than chance.
  const std::vector<int32_t> labels = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const ClassifierScore score = ScoreClassifier(std::vector<int32_t>(10, 0), labels);
  EXPECT_DOUBLE_EQ(score.accuracy, 0.9);
  EXPECT_DOUBLE_EQ(score.balanced_accuracy, 0.5);
  EXPECT_DOUBLE_EQ(score.majority, 0.9);
  EXPECT_TRUE(std::isnan(ScoreClassifier({}, {}).accuracy));
}

TEST(SelectRowsTest, KeepsMaskedRows) {
  const std::vector<float> matrix = {1, 2, 3, 4, 5, 6};
  const std::vector<uint8_t> mask = {1, 0, 1};
  EXPECT_EQ(SelectRows(matrix, 2, mask), (std::vector<float>{1, 2, 5, 6}));
}

TEST(LinearProbeTest, ShapesThatDoNotFitAreOurBug) {
  const std::vector<float> x(6), y(4);
  EXPECT_THROW(LinearProbe::Fit(x, 2, y, 1), std::logic_error);
  EXPECT_THROW(LinearProbe::Fit(x, 4, y, 1), std::logic_error);
  EXPECT_THROW(LinearProbe::Fit({}, 4, {}, 1), std::logic_error);
}

}  // namespace
}  // namespace peekaboo::worldmodel
