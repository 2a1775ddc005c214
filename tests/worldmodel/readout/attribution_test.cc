#include "worldmodel/readout/attribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>
#include <tuple>

#include "tests/worldmodel/moving_squares.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/learners/trainer.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int kSize = 64;

class AttributionTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  AttributionTest() : model_(Config(), 3) {}

  static ModelConfig Config() {
    ModelConfig config = TinyModel();
    config.image_size = kSize;
    config.kind = std::get<0>(GetParam());
    config.precision = std::get<1>(GetParam());
    config.horizons = {1, 3};
    return config;
  }

  // A bright square of 8 pixels, its corner at (x, y), on the grey that is 0 to a network.
  static std::vector<uint8_t> Square(int x, int y) {
    std::vector<uint8_t> frame(kSize * kSize * 3, 115);
    for (int row = y; row < y + 8; ++row)
      std::fill_n(frame.begin() + (row * kSize + x) * 3, 8 * 3, uint8_t{230});
    return frame;
  }

  // A frame state that expects the square at (x, y), whatever the horizon. The untrained decoder of
  // a pixel model expects next to nothing, wherever.
  FrameState Expecting(int x, int y) const {
    FrameState frame_state = PerceiveFrame(model_, Square(x, y), {});
    if (model_.config().PredictsPixels()) return frame_state;
    frame_state.predicted = frame_state.z;
    frame_state.predicted.insert(frame_state.predicted.end(), frame_state.z.begin(),
                                 frame_state.z.end());
    return frame_state;
  }

  WorldModel model_;
};

double Sum(const std::vector<float>& heat) {
  return std::accumulate(heat.begin(), heat.end(), 0.0);
}

// Heat within `margin` pixels of a square at (x, y).
double Around(const std::vector<float>& heat, int x, int y, int margin) {
  double sum = 0;
  for (int row = std::max(0, y - margin); row < std::min(kSize, y + 8 + margin); ++row) {
    for (int column = std::max(0, x - margin); column < std::min(kSize, x + 8 + margin); ++column)
      sum += heat[row * kSize + column];
  }
  return sum;
}

TEST_P(AttributionTest, TheHeatLiesWhereTheSquareIsOrWasExpected) {
  const FrameState before = Expecting(8, 12);
  const std::vector<const FrameState*> recent = {&before};
  const std::vector<uint8_t> frame = Square(48, 40);
  const std::vector<float> heat = Attribute(model_, frame, recent, 0);
  ASSERT_EQ(heat.size(), kSize * kSize);
  for (const float x : heat) ASSERT_TRUE(std::isfinite(x) && x >= 0);
  const FrameState now = PerceiveFrame(model_, frame, recent);
  EXPECT_NEAR(Sum(heat), now.error[0], 0.02 * now.error[0]);
  const double here = Around(heat, 48, 40, 8);
  // Two squares of 24 pixels are less than a third of the picture.
  EXPECT_GT(here + Around(heat, 8, 12, 8), 0.6 * Sum(heat));
  EXPECT_GT(here, 4 * Around(heat, 48, 12, 8));
  // A pixel model that expects nothing anywhere can only be surprised by what is there.
  if (model_.config().PredictsPixels()) {
    EXPECT_GT(here, 0.6 * Sum(heat));
  }
}

TEST_P(AttributionTest, NothingWhileNothingWasPredicted) {
  const FrameState before = Expecting(8, 8);
  const std::vector<const FrameState*> recent = {&before, &before};
  const std::vector<uint8_t> frame = Square(48, 40);
  EXPECT_EQ(Sum(Attribute(model_, frame, {}, 0)), 0);
  EXPECT_EQ(Sum(Attribute(model_, frame, recent, 1)), 0);
  EXPECT_GT(Sum(Attribute(model_, frame, recent, 0)), 0);
}

TEST_P(AttributionTest, ADivergedPredictionGivesNothing) {
  FrameState before = Expecting(8, 8);
  before.predicted[3] = std::nanf("");
  const std::vector<const FrameState*> recent = {&before};
  const double sum = Sum(Attribute(model_, Square(48, 40), recent, 0));
  // The ReLU of a pixel model's decoder swallows it.
  const bool swallowed = model_.config().PredictsPixels();
  EXPECT_TRUE(swallowed ? std::isfinite(sum) && sum > 0 : sum == 0) << sum;
}

TEST_P(AttributionTest, LeavesNothingBehindInTheModel) {
  // Gradients left in the weights would be learned by the next step.
  const FrameState before = Expecting(8, 8);
  const std::vector<const FrameState*> recent = {&before};
  TrainConfig train;
  train.clips = 2;
  train.frames = 5;
  const auto learned = [&](bool look) {
    WorldModel model = model_.Clone();
    if (look) Attribute(model, Square(48, 40), recent, 0);
    Trainer trainer(model, train);
    trainer.Step(SquaresBatch(model.config(), 2, 5, 0), 0);
    return PerceiveFrame(model, Square(20, 20), {}).z;
  };
  EXPECT_EQ(learned(true), learned(false));
}

TEST_P(AttributionTest, SharesAModelWithOthers) {
  // The number of threads decides how sums are split, and so the last bits.
  const int threads_before = ComputeThreads();
  SetComputeThreads(1);
  const FrameState before = Expecting(8, 8);
  const std::vector<const FrameState*> recent = {&before};
  const std::vector<uint8_t> frame = Square(48, 40);
  const std::vector<float> heat = Attribute(model_, frame, recent, 0);
  const FrameState frame_state = PerceiveFrame(model_, frame, recent);
  std::vector<int> same(3);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < same.size(); ++i) {
    threads.emplace_back([&, i] {
      SetComputeThreads(1);
      for (int round = 0; round < 10; ++round) {
        same[i] += i == 0 ? PerceiveFrame(model_, frame, recent).error[0] == frame_state.error[0]
                          : Attribute(model_, frame, recent, 0) == heat;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  SetComputeThreads(threads_before);
  EXPECT_EQ(same, std::vector<int>(3, 10));
}

INSTANTIATE_TEST_SUITE_P(Models, AttributionTest,
                         testing::Combine(testing::Values("jepa", "pixel"),
                                          testing::Values("f32", "bf16")));

}  // namespace
}  // namespace peekaboo::worldmodel
