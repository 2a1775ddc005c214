#include "sim/media/video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/sim/small_disk.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// A bright square that moves to the right over a dark ground.
std::vector<uint8_t> Frame(int height, int width, int t) {
  std::vector<uint8_t> rgb(static_cast<size_t>(height) * width * 3, 20);
  for (int y = height / 4; y < height / 2; ++y) {
    for (int x = t; x < t + width / 4 && x < width; ++x) {
      rgb[(static_cast<size_t>(y) * width + x) * 3] = 230;
    }
  }
  return rgb;
}

void WriteFilm(const std::string& path, int height, int width, int frames, int scale = 1) {
  VideoWriter video(path, height, width, 12.5, scale);
  for (int t = 0; t < frames; ++t) video.Add(Frame(height, width, t));
  video.Close();
}

bool HasTool(const char* name) { return !Shell(std::string("command -v ") + name).empty(); }

std::string Probe(const std::string& path) {
  return Shell(
      "ffprobe -v error -count_frames -select_streams v:0 -show_entries "
      "stream=codec_name,width,height,pix_fmt,avg_frame_rate,nb_read_frames -of default=nw=1 '" +
      path + "'");
}

TEST(Video, OtherProgramsOpenIt) {
  if (!HasTool("ffprobe")) GTEST_SKIP() << "needs ffprobe";
  const TempFolder folder;
  WriteFilm(folder / "film.mp4", 64, 96, 32);
  const std::string probe = Probe(folder / "film.mp4");
  EXPECT_THAT(probe, ::testing::AnyOf(HasSubstr("codec_name=h264"), HasSubstr("codec_name=mpeg4")));
  EXPECT_THAT(probe, HasSubstr("width=96\n"));
  EXPECT_THAT(probe, HasSubstr("height=64\n"));
  EXPECT_THAT(probe, HasSubstr("pix_fmt=yuv420p\n"));
  EXPECT_THAT(probe, HasSubstr("avg_frame_rate=25/2\n"));
  EXPECT_THAT(probe, HasSubstr("nb_read_frames=32\n"));
  EXPECT_EQ(folder.Count(), 1);
}

TEST(Video, SidesBecomeEvenAndGrowByScale) {
  if (!HasTool("ffprobe")) GTEST_SKIP() << "needs ffprobe";
  const TempFolder folder;
  WriteFilm(folder / "odd.mp4", 33, 45, 3);
  EXPECT_THAT(Probe(folder / "odd.mp4"), HasSubstr("width=46\nheight=34\n"));
  WriteFilm(folder / "large.mp4", 33, 45, 1, 3);
  EXPECT_THAT(Probe(folder / "large.mp4"), HasSubstr("width=136\nheight=100\n"));
}

TEST(Video, ShowsTheFramesItWasGiven) {
  if (!HasTool("ffmpeg")) GTEST_SKIP() << "needs ffmpeg";
  const TempFolder folder;
  WriteFilm(folder / "film.mp4", 64, 64, 8);
  const std::string decoded =
      Shell("ffmpeg -v error -i '" + folder / "film.mp4" + "' -f rawvideo -pix_fmt rgb24 -");
  ASSERT_EQ(decoded.size(), 8u * 64 * 64 * 3);
  for (int t = 0; t < 8; ++t) {
    const auto frame = Frame(64, 64, t);
    double error = 0;
    for (size_t i = 0; i < frame.size(); ++i) {
      error += std::abs(frame[i] - static_cast<uint8_t>(decoded[t * frame.size() + i]));
    }
    // Colours are stored at half resolution, so the square's edges are off; the whole is not.
    EXPECT_LT(error / static_cast<double>(frame.size()), 6) << "frame " << t;
  }
}

TEST(Video, SameFramesSameBytes) {
  const TempFolder folder;
  WriteFilm(folder / "one.mp4", 64, 64, 10);
  WriteFilm(folder / "two.mp4", 64, 64, 10);
  EXPECT_EQ(ReadBytes(folder / "one.mp4"), ReadBytes(folder / "two.mp4"));
}

TEST(Video, NothingIsLeftOfAFilmThatWasNotClosed) {
  const TempFolder folder;
  folder.Write("film.mp4", "older");
  {
    VideoWriter video(folder / "film.mp4", 64, 64, 25);
    video.Add(Frame(64, 64, 0));
  }
  EXPECT_EQ(folder.Count(), 1);
  EXPECT_EQ(ReadBytes(folder / "film.mp4"), "older");
}

TEST(Video, FilmWithoutFramesIsRefused) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf([&] { VideoWriter(folder / "film.mp4", 64, 64, 25).Close(); }),
              HasSubstr("a film without frames"));
  EXPECT_EQ(folder.Count(), 0);
}

TEST(Video, WhatCannotBeIsNamed) {
  const TempFolder folder;
  const auto error = [&](const std::string& path, int height, int width, double fps, int scale) {
    return ErrorOf([&] { VideoWriter(path, height, width, fps, scale); });
  };
  const std::string good = folder / "film.mp4";
  EXPECT_THAT(error(folder / "no/film.mp4", 64, 64, 25, 1), HasSubstr("does not exist"));
  EXPECT_THAT(error(folder.path().string(), 64, 64, 25, 1), HasSubstr("is a folder"));
  EXPECT_THAT(error(good, 0, 64, 25, 1), HasSubstr(good + ": a picture of 0x64"));
  EXPECT_THAT(error(good, 64, 9000, 25, 1), HasSubstr("is not in 1..8192"));
  EXPECT_THAT(error(good, 64, 64, 25, 1000), HasSubstr("is not in 1..8192"));
  EXPECT_THAT(error(good, 64, 64, 0, 1), HasSubstr("frames a second"));
  EXPECT_THAT(error(good, 64, 64, std::nan(""), 1), HasSubstr("frames a second"));
  EXPECT_THAT(error(good, 64, 64, 1e9, 1), HasSubstr("frames a second"));
  EXPECT_EQ(folder.Count(), 0);
}

TEST(Video, NothingIsLeftOnAFullDisk) {
  const TempFolder folder;
  const auto write = [&] { WriteFilm(folder / "film.mp4", 64, 64, 20); };
  const auto nothing_left = [&] { return folder.Count() == 0; };
  EXPECT_EXIT(OnSmallDisk(1000, "film.mp4: cannot be written", write, nothing_left),
              ::testing::ExitedWithCode(0), "");
}

TEST(Video, FrameOfAnotherSizeIsABug) {
  const TempFolder folder;
  VideoWriter video(folder / "film.mp4", 64, 64, 25);
  EXPECT_THROW(video.Add(Frame(64, 32, 0)), std::logic_error);
}

}  // namespace
}  // namespace peekaboo::sim
