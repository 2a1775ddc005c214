#include "worldmodel/model/frame_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "worldmodel/model/batch.h"

namespace peekaboo::worldmodel {
namespace {

std::vector<uint8_t> Gradient(int frames, const ModelConfig& model) {
  std::vector<uint8_t> pixels(static_cast<size_t>(frames) * model.FrameBytes());
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i * 7 + i / 191);
  return pixels;
}

float At(const Batch& batch, int clip, size_t index) {
  if (batch.precision() == Precision::kF32) {
    float value;
    std::memcpy(&value, batch.Clip(clip).data() + 4 * index, 4);
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, batch.Clip(clip).data() + 2 * index, 2);
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

class FrameCodecTest : public ::testing::TestWithParam<std::tuple<const char*, bool, int, int>> {};

TEST_P(FrameCodecTest, EveryPixelLandsInItsBlockNormalised) {
  const auto [precision, mirror, right, down] = GetParam();
  ModelConfig model;
  model.precision = precision;
  constexpr int kFrames = 2;
  const std::vector<uint8_t> pixels = Gradient(kFrames, model);
  Batch batch(model, 2, kFrames);
  FrameCodec(model).PackClip(pixels, {mirror, right, down}, batch.Clip(1));

  const float tolerance = model.ProductPrecision() == Precision::kBf16 ? 1.0f / 128 : 1e-6f;
  for (int t = 0; t < kFrames; ++t) {
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 64; ++x) {
        for (int c = 0; c < 3; ++c) {
          const int from_x = std::clamp(x - right, 0, 63), from_y = std::clamp(y - down, 0, 63);
          const int seen_x = mirror ? 63 - from_x : from_x;
          const float expected = pixels[((t * 64 + from_y) * 64 + seen_x) * 3 + c] / 64.0f - 1.8f;
          const size_t position = (t * 16 + y / 4) * 16 + x / 4;
          const size_t channel = ((y % 4) * 4 + x % 4) * 3 + c;
          ASSERT_NEAR(At(batch, 1, position * 48 + channel), expected, tolerance);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FrameCodecTest,
                         ::testing::Combine(::testing::Values("f32", "bf16"), ::testing::Bool(),
                                            ::testing::Values(0, 3, -70),
                                            ::testing::Values(0, -2)));

TEST(FrameCodec, RefusesABufferOfAnotherSize) {
  ModelConfig model;
  const FrameCodec codec(model);
  std::vector<uint8_t> pixels(model.FrameBytes());
  std::vector<std::byte> packed(2 * pixels.size() - 2);
  EXPECT_THROW(codec.PackClip(pixels, {}, packed), std::logic_error);
}

TEST(ToBf16, RoundsToNearestTiesToEven) {
  EXPECT_EQ(ToBf16(1.0f), 0x3f80);
  EXPECT_EQ(ToBf16(std::bit_cast<float>(0x3f808000u)), 0x3f80);  // halfway: to even, down
  EXPECT_EQ(ToBf16(std::bit_cast<float>(0x3f818000u)), 0x3f82);  // halfway: to even, up
  EXPECT_EQ(ToBf16(std::bit_cast<float>(0x3f808001u)), 0x3f81);
  EXPECT_EQ(ToBf16(-2.5f), 0xc020);
  EXPECT_EQ(ToBf16(std::numeric_limits<float>::infinity()), 0x7f80);
}

TEST(Batch, IsAlignedAndKeepsClipsApart) {
  ModelConfig model;
  model.precision = "bf16";
  Batch batch(model, 3, 5);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(batch.data()) % 64, 0u);
  EXPECT_EQ(batch.Clip(0).size(), 5u * 64 * 64 * 3 * 2);
  EXPECT_EQ(batch.Clip(2).data(), batch.Clip(0).data() + 2 * batch.Clip(0).size());
  EXPECT_THROW(batch.Clip(3), std::logic_error);
}

}  // namespace
}  // namespace peekaboo::worldmodel
