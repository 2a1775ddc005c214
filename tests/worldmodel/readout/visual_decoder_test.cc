#include "worldmodel/readout/visual_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "tests/worldmodel/moving_squares.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int kFilms = 16, kFrames = 2;

class VisualDecoderTest : public testing::TestWithParam<const char*> {
 protected:
  VisualDecoderTest()
      : model_(Config(), 1),
        frames_(MovingSquares(model_.config(), kFilms, kFrames, 0)),
        z_(model_.Perceive(frames_, kFilms, kFrames).z) {}

  static ModelConfig Config() {
    ModelConfig config = TinyModel();
    config.precision = GetParam();
    return config;
  }

  std::vector<uint8_t> Draw(const VisualDecoder& decoder) const {
    return decoder.Draw(z_, kFilms * kFrames);
  }
  double Learn(VisualDecoder* decoder, int steps) const {
    double loss = 0;
    for (int step = 0; step < steps; ++step) loss = decoder->Learn(z_, frames_, kFilms * kFrames);
    return loss;
  }

  WorldModel model_;
  std::vector<uint8_t> frames_;
  std::vector<float> z_;
};

TEST_P(VisualDecoderTest, LearnsToDrawWhatTheLatentSays) {
  // An untrained encoder tells enough of where a square is.
  VisualDecoder decoder(model_.config(), 2);
  const double first = Learn(&decoder, 1);
  const double last = Learn(&decoder, 120);
  EXPECT_LT(last, 0.1 * first);
  EXPECT_EQ(decoder.steps(), 121);

  const std::vector<uint8_t> drawn = Draw(decoder);
  ASSERT_EQ(drawn.size(), frames_.size());
  double squared = 0, inside = 0, outside = 0;
  int64_t inside_count = 0;
  for (size_t i = 0; i < drawn.size(); ++i) {
    const double difference = (drawn[i] - static_cast<double>(frames_[i])) / 64;
    squared += difference * difference / static_cast<double>(drawn.size());
    const bool square = frames_[i] > 100;
    (square ? inside : outside) += drawn[i];
    inside_count += square;
  }
  // What it draws is what it says it has learned, and squares stand out.
  EXPECT_NEAR(squared, last, 0.2 * last);
  inside /= static_cast<double>(inside_count);
  outside /= static_cast<double>(static_cast<int64_t>(drawn.size()) - inside_count);
  EXPECT_GT(inside, outside + 70);
}

TEST_P(VisualDecoderTest, TheSameStepsGiveTheSamePictures) {
  VisualDecoder a(model_.config(), 2), b(model_.config(), 2), c(model_.config(), 3);
  for (VisualDecoder* decoder : {&a, &b, &c}) Learn(decoder, 3);
  EXPECT_EQ(Draw(a), Draw(b));
  EXPECT_NE(Draw(a), Draw(c));
}

TEST_P(VisualDecoderTest, ACloneStaysAsItWas) {
  VisualDecoder decoder(model_.config(), 2);
  Learn(&decoder, 5);
  const VisualDecoder clone = decoder.Clone();
  const std::vector<uint8_t> before = Draw(decoder);
  EXPECT_EQ(Draw(clone), before);
  Learn(&decoder, 5);
  EXPECT_EQ(Draw(clone), before);
  EXPECT_NE(Draw(decoder), before);
}

TEST_P(VisualDecoderTest, APictureDoesNotDependOnItsNeighbours) {
  VisualDecoder decoder(model_.config(), 2);
  Learn(&decoder, 20);
  const size_t bytes = model_.config().FrameBytes(), numbers = model_.config().LatentSize();
  const std::vector<uint8_t> all = Draw(decoder);
  const std::vector<uint8_t> one = decoder.Draw(std::span(z_).subspan(5 * numbers, numbers), 1);
  for (size_t i = 0; i < bytes; ++i) ASSERT_NEAR(one[i], all[5 * bytes + i], 1);
  EXPECT_TRUE(decoder.Draw({}, 0).empty());
}

TEST_P(VisualDecoderTest, LatentsOfADivergedModelTeachItNothing) {
  VisualDecoder decoder(model_.config(), 2);
  Learn(&decoder, 5);
  const std::vector<uint8_t> before = Draw(decoder);
  std::vector<float> bad = z_;
  bad[7] = std::numeric_limits<float>::quiet_NaN();
  bad[300] = std::numeric_limits<float>::infinity();
  decoder.Learn(bad, frames_, kFilms * kFrames);
  EXPECT_EQ(Draw(decoder), before);
  EXPECT_EQ(decoder.Draw(bad, kFilms * kFrames).size(), before.size());
}

INSTANTIATE_TEST_SUITE_P(Precisions, VisualDecoderTest, testing::Values("f32", "bf16"));

TEST(VisualDecoder, AnImpossibleConfigIsRefused) {
  ModelConfig config = TinyModel();
  config.image_size = 33;
  EXPECT_THROW(VisualDecoder(config, 0), UserError);
}

}  // namespace
}  // namespace peekaboo::worldmodel
