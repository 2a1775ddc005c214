// Files that are not what they should be: one clear line, no crash, no absurd allocation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include "base/random.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/hdf5_handle.h"
#include "tests/sim/episode_samples.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr int kFrames = 5;
constexpr int kEpisodes = 3;

class EpisodeDamage : public ::testing::Test {
 protected:
  EpisodeDamage() : path_(folder_ / "data.h5") {
    auto writer = EpisodeWriter::Create(path_, SampleSchema(), kFrames, {{"scenes", "a"}});
    for (uint64_t i = 0; i < kEpisodes; ++i)
      writer.Write(EpisodeWriter::Compress(SampleEpisode(SampleSchema(), kFrames, i)));
    writer.Close();
    good_ = ReadBytes(path_);
  }

  /// Opens and reads everything.
  std::string Use() const {
    return ErrorOf([&] {
      const auto reader = EpisodeReader::Open(path_);
      for (int64_t e = 0; e < reader.size(); ++e) reader.Read(e);
    });
  }
  std::string UseBytes(const std::string& bytes) const {
    folder_.Write("data.h5", bytes);
    return Use();
  }

  /// Changes the good file through HDF5 itself, then uses it.
  template <typename Change>
  std::string UseChanged(const Change& change) const {
    folder_.Write("data.h5", good_);
    {
      const Hdf5Lock lock;
      const Hdf5Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
      change(file.get());
    }
    return Use();
  }
  template <typename T>
  static void Overwrite(hid_t file, const char* name, hid_t type, const std::vector<T>& values) {
    const Hdf5Handle set(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
    ASSERT_GE(H5Dwrite(set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  }
  /// An unwritten dataset in place of another: as large as one likes on a few bytes of disk.
  static void Replace(hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& shape) {
    if (H5Lexists(file, name, H5P_DEFAULT) > 0) H5Ldelete(file, name, H5P_DEFAULT);
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                           H5Sclose);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const std::vector<hsize_t> chunk(shape.size(), 1);
    H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
    const Hdf5Handle set(
        H5Dcreate2(file, name, type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
        H5Dclose);
    ASSERT_TRUE(set);
  }

  const TempFolder folder_;
  const std::string path_;
  std::string good_;
};

TEST_F(EpisodeDamage, GoodFileIsGood) { EXPECT_EQ(UseBytes(good_), "no error"); }

TEST_F(EpisodeDamage, WhatIsNoHdf5) {
  EXPECT_THAT(UseBytes(""), HasSubstr("data.h5: is not a readable HDF5 file"));
  EXPECT_THAT(UseBytes("title = \"not a data set\"\n"),
              HasSubstr("data.h5: is not a readable HDF5 file"));
  EXPECT_THAT(UseBytes(std::string(100000, '\0')), HasSubstr("is not a readable HDF5 file"));
  std::string wrong = good_;
  wrong[1] = 'X';
  EXPECT_THAT(UseBytes(wrong), HasSubstr("is not a readable HDF5 file"));
  EXPECT_THAT(ErrorOf([&] { EpisodeReader::Open(folder_ / "none.h5"); }),
              HasSubstr("none.h5: no such file"));
  EXPECT_THAT(ErrorOf([&] { EpisodeReader::Open(folder_.path().string()); }),
              HasSubstr("is not a regular file"));
}

TEST_F(EpisodeDamage, TruncatedAnywhere) {
  for (int part = 0; part < 20; ++part) {
    const size_t size = good_.size() * static_cast<size_t>(part) / 20;
    EXPECT_THAT(UseBytes(good_.substr(0, size)), HasSubstr("data.h5: "))
        << size << " of " << good_.size();
  }
  EXPECT_THAT(UseBytes(good_.substr(0, good_.size() - 1)), HasSubstr("data.h5: "));
}

TEST_F(EpisodeDamage, DatasetsThatAreMissing) {
  for (const char* name : {"pixels", "ep_len", "ep_offset"}) {
    EXPECT_THAT(UseChanged([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); }),
                HasSubstr(std::string("data.h5: has no dataset '") + name + "'"));
  }
  EXPECT_THAT(UseChanged([](hid_t file) { H5Ldelete(file, "present", H5P_DEFAULT); }),
              HasSubstr("has no dataset 'present'"));
  for (const char* name : {"qpos", "action", "visible", "seed", "ep_index", "ep_scene"}) {
    EXPECT_EQ(UseChanged([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); }), "no error")
        << name << " is optional";
  }
}

TEST_F(EpisodeDamage, EpisodesThatPointOutside) {
  const auto lengths = [&](std::vector<int32_t> values) {
    return UseChanged([&](hid_t file) { Overwrite(file, "ep_len", H5T_NATIVE_INT32, values); });
  };
  const auto offsets = [&](std::vector<int64_t> values) {
    return UseChanged([&](hid_t file) { Overwrite(file, "ep_offset", H5T_NATIVE_INT64, values); });
  };
  const auto outside = HasSubstr("'ep_len' and 'ep_offset' of episode 1 point outside 'pixels'");
  constexpr auto kMost32 = std::numeric_limits<int32_t>::max();
  constexpr auto kMost64 = std::numeric_limits<int64_t>::max(),
                 kLeast64 = std::numeric_limits<int64_t>::min();
  for (const int32_t bad : {0, -1, 11, kMost32, std::numeric_limits<int32_t>::min()})
    EXPECT_THAT(lengths({5, bad, 5}), outside) << bad;
  for (const int64_t bad : {int64_t{-1}, int64_t{11}, kMost64, kLeast64, kMost64 - 4})
    EXPECT_THAT(offsets({0, bad, 10}), outside) << bad;
  EXPECT_EQ(lengths({5, 4, 5}), "no error")
      << "shorter ones are allowed, and chunks need not be episodes";
  EXPECT_EQ(offsets({0, 3, 10}), "no error");
}

TEST_F(EpisodeDamage, ShapesThatDoNotFit) {
  const auto replaced = [&](const char* name, hid_t type, std::vector<hsize_t> shape) {
    return UseChanged([&](hid_t file) { Replace(file, name, type, shape); });
  };
  EXPECT_THAT(replaced("ep_offset", H5T_STD_I64LE, {2}),
              HasSubstr("'ep_offset' and 'ep_len' differ in length"));
  EXPECT_THAT(replaced("index", H5T_STD_I64LE, {14}), HasSubstr("dataset 'index' does not fit"));
  EXPECT_THAT(replaced("scene", H5T_STD_I32LE, {15, 2}),
              HasSubstr("dataset 'scene' has an absurd shape"));
  EXPECT_THAT(replaced("qpos", H5T_IEEE_F32LE, {14, 3}), HasSubstr("dataset 'qpos' does not fit"));
  EXPECT_THAT(replaced("present", H5T_STD_U8LE, {15, 3}),
              HasSubstr("dataset 'present' does not fit"));
  EXPECT_THAT(replaced("image_xy", H5T_IEEE_F32LE, {15, 2}),
              HasSubstr("dataset 'image_xy' does not fit"));
  EXPECT_THAT(replaced("qvel", H5T_IEEE_F64LE, {15, 3}),
              HasSubstr("dataset 'qvel' is of another type"));
  EXPECT_THAT(replaced("ep_len", H5T_IEEE_F32LE, {3}),
              HasSubstr("dataset 'ep_len' is of another type"));
  EXPECT_THAT(replaced("pixels", H5T_IEEE_F32LE, {15, 12, 16, 3}),
              HasSubstr("dataset 'pixels' is of another type"));
  EXPECT_THAT(replaced("pixels", H5T_STD_U8LE, {15, 12, 16}),
              HasSubstr("'pixels' is not u8 [N, H, W, 3]"));
  EXPECT_THAT(replaced("pixels", H5T_STD_U8LE, {15, 12, 16, 4}),
              HasSubstr("'pixels' is not u8 [N, H, W, 3]"));
  EXPECT_THAT(UseChanged([](hid_t file) {
                H5Ldelete(file, "pixels", H5P_DEFAULT);
                Hdf5Handle(H5Gcreate2(file, "pixels", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                           H5Gclose);
              }),
              HasSubstr("has no dataset 'pixels'"));
}

TEST_F(EpisodeDamage, AbsurdSizesAreRefusedBeforeMemoryIsAsked) {
  const auto replaced = [&](const char* name, hid_t type, std::vector<hsize_t> shape) {
    return UseChanged([&](hid_t file) { Replace(file, name, type, shape); });
  };
  constexpr hsize_t kHuge = hsize_t{1} << 40;
  EXPECT_THAT(replaced("pixels", H5T_STD_U8LE, {15, 100000, 100000, 3}),
              HasSubstr("'pixels' is not u8 [N, H, W, 3]"));
  EXPECT_THAT(replaced("qpos", H5T_IEEE_F32LE, {15, kHuge}),
              HasSubstr("dataset 'qpos' has an absurd shape"));
  EXPECT_THAT(replaced("ep_len", H5T_STD_I32LE, {kHuge}),
              HasSubstr("'ep_len' has an absurd shape"));
  EXPECT_THAT(replaced("ep_len", H5T_STD_I32LE, {kHuge / (1 << 12)}),
              HasSubstr("dataset 'ep_len' claims more data than the file holds"));
  // As many frames as one likes, of which one episode claims most.
  EXPECT_THAT(UseChanged([&](hid_t file) {
                for (const char* name :
                     {"action", "qpos", "qvel", "present", "image_xy", "visible", "seed"})
                  H5Ldelete(file, name, H5P_DEFAULT);
                H5Adelete(file, "objects");
                Replace(file, "pixels", H5T_STD_U8LE, {kHuge, 8192, 8192, 3});
                Overwrite<int32_t>(file, "ep_len", H5T_NATIVE_INT32, {5, 1 << 20, 5});
              }),
              HasSubstr("data.h5: episode 1 claims more data than the file holds"));
}

TEST_F(EpisodeDamage, PixelsThatDoNotDecompress) {
  const std::string deflated = [&] {
    const auto compressed = EpisodeWriter::Compress(SampleEpisode(SampleSchema(), kFrames, 1));
    return std::string(compressed.deflated.begin(), compressed.deflated.end());
  }();
  const size_t at = good_.find(deflated);
  ASSERT_NE(at, std::string::npos);
  for (const size_t offset : {size_t{0}, size_t{1}, deflated.size() / 2, deflated.size() - 1}) {
    std::string bytes = good_;
    bytes[at + offset] = static_cast<char>(bytes[at + offset] ^ 0x55);
    EXPECT_THAT(UseBytes(bytes), HasSubstr("data.h5: episode 1 of 'pixels' is damaged")) << offset;
    const auto reader = EpisodeReader::Open(path_);
    ExpectSame(reader.Read(0), SampleEpisode(SampleSchema(), kFrames, 0));
  }
}

TEST_F(EpisodeDamage, FlippedBytesNeverCrash) {
  RandomStream random(1, "flips");
  for (int i = 0; i < 300; ++i) {
    std::string bytes = good_;
    const size_t at = random.Below(bytes.size());
    bytes[at] = static_cast<char>(random.Below(256));
    EXPECT_THAT(UseBytes(bytes), AnyOf("no error", HasSubstr("data.h5: "))) << "byte " << at;
  }
}

TEST_F(EpisodeDamage, DamagedFilesAreNotAppendedTo) {
  folder_.Write("data.h5", good_.substr(0, good_.size() / 2));
  const std::string before = ReadBytes(path_);
  EXPECT_THAT(ErrorOf([&] { EpisodeWriter::Append(path_, SampleSchema(), kFrames); }),
              HasSubstr("data.h5: "));
  EXPECT_EQ(ReadBytes(path_), before);
}

}  // namespace
}  // namespace peekaboo::sim
