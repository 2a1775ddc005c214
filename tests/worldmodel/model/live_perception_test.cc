#include "worldmodel/model/live_perception.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "tests/worldmodel/moving_squares.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int kFrames = 7;

class LivePerceptionTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  LivePerceptionTest()
      : model_(Config(), 5), pixels_(MovingSquares(model_.config(), 1, kFrames, 0)) {}
  static ModelConfig Config() {
    ModelConfig config = TinyModel();
    config.kind = std::get<0>(GetParam());
    config.precision = std::get<1>(GetParam());
    config.horizons = {1, 3};
    return config;
  }

  WorldModel model_;
  std::vector<uint8_t> pixels_;
};

void ExpectClose(const std::vector<float>& live, const float* whole, const char* what, int t) {
  for (size_t i = 0; i < live.size(); ++i) {
    EXPECT_EQ(std::isnan(live[i]), std::isnan(whole[i])) << what << " " << t << " " << i;
    if (!std::isnan(live[i])) {
      EXPECT_NEAR(live[i], whole[i], 1e-3 + 0.02 * std::abs(whole[i]))
          << what << " " << t << " " << i;
    }
  }
}

TEST_P(LivePerceptionTest, FrameByFrameIsAsAllAtOnce) {
  const ModelConfig& config = model_.config();
  const Perception whole = model_.Perceive(pixels_, 1, kFrames);
  const std::vector<FrameState> frame_states = PerceiveClip(model_, pixels_, kFrames);
  ASSERT_EQ(frame_states.size(), kFrames);
  const int horizons = config.Horizons(), patches = config.Patches();
  for (int t = 0; t < kFrames; ++t) {
    const FrameState& g = frame_states[t];
    ASSERT_EQ(g.z.size(), config.LatentSize());
    ASSERT_EQ(g.h.size(), config.memory_size);
    ExpectClose(g.z, &whole.z[t * g.z.size()], "z", t);
    ExpectClose(g.h, &whole.h[t * g.h.size()], "h", t);
    ExpectClose(g.error, &whole.error[t * horizons], "error", t);
    ExpectClose(g.normalised_error, &whole.normalised_error[t * horizons], "expected", t);
    ExpectClose(g.error_patch, &whole.error_patch[t * horizons * patches], "error_patch", t);
  }
}

TEST_P(LivePerceptionTest, OnlyWhatIsInReachCounts) {
  const std::vector<FrameState> frame_states = PerceiveClip(model_, pixels_, kFrames);
  std::vector<const FrameState*> recent;
  for (const FrameState& frame_state : frame_states) recent.push_back(&frame_state);
  recent.pop_back();
  const std::span<const uint8_t> last = std::span(pixels_).last(model_.config().FrameBytes());
  const FrameState all = PerceiveFrame(model_, last, recent);
  const FrameState reach = PerceiveFrame(model_, last, std::span(recent).last(3));
  EXPECT_EQ(all.error, reach.error);
  EXPECT_EQ(all.h, reach.h);
  EXPECT_EQ(all.error, frame_states.back().error);
}

TEST_P(LivePerceptionTest, TheFirstFrameCannotSurprise) {
  const FrameState first =
      PerceiveFrame(model_, std::span(pixels_).first(model_.config().FrameBytes()), {});
  for (const float error : first.error) EXPECT_TRUE(std::isnan(error));
  EXPECT_FALSE(first.predicted.empty());
  for (const float variance : first.variance) EXPECT_GT(variance, 0);
}

INSTANTIATE_TEST_SUITE_P(Models, LivePerceptionTest,
                         testing::Combine(testing::Values("jepa", "pixel"),
                                          testing::Values("f32", "bf16")));

TEST(WorldModelClone, StaysAsItWas) {
  const ModelConfig config = TinyModel();
  WorldModel model(config, 1);
  const WorldModel copy = model.Clone();
  const auto pixels = MovingSquares(config, 1, 4, 0);
  const Perception before = model.Perceive(pixels, 1, 4);
  EXPECT_EQ(copy.Perceive(pixels, 1, 4).z, before.z);
  model = WorldModel(config, 2);
  EXPECT_NE(model.Perceive(pixels, 1, 4).z, before.z);
  EXPECT_EQ(copy.Perceive(pixels, 1, 4).z, before.z);
}

}  // namespace
}  // namespace peekaboo::worldmodel
