#include "sim/media/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <array>
#include <numeric>

#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

Image Decode(const std::string& bytes) {
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size())) << png.message;
  png.format = PNG_FORMAT_RGB;
  Image image;
  image.height = static_cast<int>(png.height);
  image.width = static_cast<int>(png.width);
  image.rgb.resize(PNG_IMAGE_SIZE(png));
  EXPECT_TRUE(png_image_finish_read(&png, nullptr, image.rgb.data(), 0, nullptr)) << png.message;
  return image;
}

Image Gradient(int height, int width) {
  Image image{height, width, std::vector<uint8_t>(static_cast<size_t>(height) * width * 3)};
  std::iota(image.rgb.begin(), image.rgb.end(), 0);
  return image;
}

/// `frames` frames of height x width; every byte of frame t is 10 * t, its pixel (0, 1) is t, t, t.
Episode Film(int frames, int height, int width) {
  Episode episode;
  episode.frames = frames;
  for (int t = 0; t < frames; ++t) {
    episode.pixels.insert(episode.pixels.end(), static_cast<size_t>(height) * width * 3,
                          static_cast<uint8_t>(10 * t));
    std::fill_n(episode.pixels.end() - height * width * 3 + 3, 3, static_cast<uint8_t>(t));
  }
  return episode;
}

std::array<int, 3> Pixel(const Image& image, int y, int x) {
  const uint8_t* p = &image.rgb[(static_cast<size_t>(y) * image.width + x) * 3];
  return {p[0], p[1], p[2]};
}

TEST(Image, PngKeepsEveryPixel) {
  const Image image = Gradient(37, 53);
  const Image back = Decode(EncodePng(image));
  EXPECT_EQ(back.height, 37);
  EXPECT_EQ(back.width, 53);
  EXPECT_EQ(back.rgb, image.rgb);
}

TEST(Image, SameImageSameBytes) {
  EXPECT_EQ(EncodePng(Gradient(20, 30)), EncodePng(Gradient(20, 30)));
}

TEST(Image, FileHasWhatEncodeGives) {
  const TempFolder folder;
  WritePng(folder / "picture.png", Gradient(8, 8));
  EXPECT_EQ(ReadBytes(folder / "picture.png"), EncodePng(Gradient(8, 8)));
  EXPECT_EQ(folder.Count(), 1);
}

TEST(Image, WhatCannotBeWrittenIsNamed) {
  const TempFolder folder;
  const std::string missing = folder / "no/picture.png";
  EXPECT_THAT(ErrorOf([&] { WritePng(missing, Gradient(8, 8)); }), HasSubstr(missing));
  EXPECT_THAT(ErrorOf([&] { WritePng(folder.path().string(), Gradient(8, 8)); }),
              HasSubstr("is a folder"));
  EXPECT_THAT(ErrorOf([&] { WritePng(folder / "empty.png", Image()); }),
              HasSubstr("has no pixels"));
  EXPECT_EQ(folder.Count(), 0);
}

TEST(FilmStrip, FramesStandSideBySideWithGaps) {
  const int shown[] = {2, 0, 3};
  const Image strip = FilmStrip(Film(4, 3, 5), 3, 5, shown, 2);
  ASSERT_EQ(strip.height, 6);
  ASSERT_EQ(strip.width, 3 * 10 + 2);
  EXPECT_EQ(Pixel(strip, 5, 9), (std::array{20, 20, 20}));
  EXPECT_EQ(Pixel(strip, 0, 10), (std::array{255, 255, 255}));
  EXPECT_EQ(Pixel(strip, 5, 21), (std::array{255, 255, 255}));
  EXPECT_EQ(Pixel(strip, 3, 11), (std::array{0, 0, 0}));
  EXPECT_EQ(Pixel(strip, 5, 31), (std::array{30, 30, 30}));
}

TEST(FilmStrip, EveryPixelBecomesASquare) {
  const int shown[] = {3};
  const Image strip = FilmStrip(Film(4, 3, 5), 3, 5, shown, 3);
  for (int y = 0; y < 3; ++y) {
    for (int x = 3; x < 6; ++x) EXPECT_EQ(Pixel(strip, y, x), (std::array{3, 3, 3}));
  }
  EXPECT_EQ(Pixel(strip, 3, 3), (std::array{30, 30, 30}));
  EXPECT_EQ(Pixel(strip, 0, 2), (std::array{30, 30, 30}));
  EXPECT_EQ(Pixel(strip, 0, 6), (std::array{30, 30, 30}));
}

TEST(FilmStrip, TakesTheSizeFromASchema) {
  EpisodeSchema schema;
  schema.height = 3;
  schema.width = 5;
  const int shown[] = {1};
  const Image strip = FilmStrip(Film(2, 3, 5), schema, shown);
  EXPECT_EQ(strip.height, 3);
  EXPECT_EQ(strip.width, 5);
}

TEST(FilmStrip, FrameOutsideTheFilmIsABug) {
  const int shown[] = {4};
  EXPECT_THROW(FilmStrip(Film(4, 3, 5), 3, 5, shown, 1), std::logic_error);
}

}  // namespace
}  // namespace peekaboo::sim
