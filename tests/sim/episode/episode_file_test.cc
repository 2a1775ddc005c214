#include "sim/episode/episode_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/sim/episode_samples.h"
#include "tests/sim/small_disk.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

constexpr int kFrames = 5;

void WriteFile(const std::string& path, int episodes,
               const EpisodeSchema& schema = SampleSchema()) {
  auto writer = EpisodeWriter::Create(path, schema, kFrames, {{"scenes", "a\nb"}, {"empty", ""}});
  for (int i = 0; i < episodes; ++i) {
    writer.Write(EpisodeWriter::Compress(SampleEpisode(schema, kFrames, static_cast<uint64_t>(i))));
  }
  writer.Close();
}

/// What a Python program prints; `f` is the file. Empty if there is no Python with h5py.
std::string Python(const std::string& path, const std::string& program, const char* options = "") {
  const TempFolder folder;
  const std::string script =
      folder.Write("look.py", "import h5py, numpy as np\nf = h5py.File(r'" + path + "', 'r'" +
                                  options + ")\n" + program);
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    std::string out =
        Shell(std::string(python) + " -c 'import h5py' 2>/dev/null && " + python + " " + script);
    if (!out.empty()) return out;
  }
  return "";
}

TEST(EpisodeFile, KeepsEverything) {
  const TempFolder folder;
  const EpisodeSchema schema = SampleSchema();
  WriteFile(folder / "data.h5", 4);
  const auto reader = EpisodeReader::Open(folder / "data.h5");
  EXPECT_EQ(reader.path(), folder / "data.h5");
  EXPECT_EQ(reader.schema(), schema);
  EXPECT_EQ(reader.size(), 4);
  EXPECT_EQ(reader.attributes().at("scenes"), "a\nb");
  EXPECT_EQ(reader.attributes().at("empty"), "");
  EXPECT_EQ(reader.attributes().at("objects"), "ball\nother");
  for (const int e : {2, 0, 3, 1}) {
    EXPECT_EQ(reader.frames(e), kFrames);
    ExpectSame(reader.Read(e), SampleEpisode(schema, kFrames, static_cast<uint64_t>(e)));
  }
  std::vector<uint8_t> pixels(kFrames * 12 * 16 * 3);
  reader.ReadPixels(2, pixels);
  EXPECT_EQ(pixels, SampleEpisode(schema, kFrames, 2).pixels);
  EXPECT_EQ(folder.Count(), 1);
}

TEST(EpisodeFile, ColumnsThatNobodyHasAreLeftOut) {
  const TempFolder folder;
  EpisodeSchema schema = SampleSchema();
  schema.action_size = 0;
  schema.has_visible = false;
  schema.objects.clear();
  WriteFile(folder / "data.h5", 2, schema);
  const auto reader = EpisodeReader::Open(folder / "data.h5");
  EXPECT_EQ(reader.schema(), schema);
  ExpectSame(reader.Read(1), SampleEpisode(schema, kFrames, 1));
}

TEST(EpisodeFile, H5pyFindsTheLayoutOfStableWorldmodel) {
  const TempFolder folder;
  WriteFile(folder / "data.h5", 3);
  const std::string out = Python(folder / "data.h5", R"(
for name in sorted(f): print(name, f[name].dtype.str, f[name].shape)
print(list(f['ep_len'][:]), list(f['ep_offset'][:]), list(f['index'][::5]), list(f['scene'][::5]))
print(f['seed'][::5], int(f['pixels'][7, 3, 2].astype(int).sum()), f['qpos'][14].tolist())
print(f.attrs['format'].decode(), f['pixels'].chunks, f['pixels'].compression, f['ep_len'].maxshape)
)");
  if (out.empty()) GTEST_SKIP() << "needs a Python with h5py";
  const Episode e1 = SampleEpisode(SampleSchema(), kFrames, 1),
                e2 = SampleEpisode(SampleSchema(), kFrames, 2);
  const size_t at = ((2 * 12 + 3) * 16 + 2) * 3;
  const int sum = e1.pixels[at] + e1.pixels[at + 1] + e1.pixels[at + 2];
  std::string qpos = "[";
  for (int i = 0; i < 3; ++i)
    qpos += (i ? ", " : "") + std::to_string(static_cast<int>(e2.qpos[4 * 3 + i])) + ".0";
  EXPECT_EQ(out,
            "action <f4 (15, 2)\n"
            "ep_len <i4 (3,)\n"
            "ep_offset <i8 (3,)\n"
            "image_xy <f4 (15, 2, 2)\n"
            "index <i8 (15,)\n"
            "pixels |u1 (15, 12, 16, 3)\n"
            "present |u1 (15, 2)\n"
            "qpos <f4 (15, 3)\n"
            "qvel <f4 (15, 3)\n"
            "scene <i4 (15,)\n"
            "seed <i8 (15,)\n"
            "visible <i4 (15, 2)\n"
            "[5, 5, 5] [0, 5, 10] [0, 1, 2] [0, 1, 2]\n"
            "[1000 1001 1002] " +
                std::to_string(sum) + " " + qpos +
                "]\n"
                "peekaboo-episodes-1 (5, 12, 16, 3) gzip (None,)\n");
}

TEST(EpisodeFile, GrowsByAppending) {
  const TempFolder folder;
  const EpisodeSchema schema = SampleSchema();
  WriteFile(folder / "data.h5", 2);
  for (int i = 2; i < 5; ++i) {
    auto writer = EpisodeWriter::Append(folder / "data.h5", schema, kFrames);
    EXPECT_EQ(writer.size(), i);
    writer.Write(EpisodeWriter::Compress(SampleEpisode(schema, kFrames, static_cast<uint64_t>(i))));
    writer.Close();
  }
  const auto reader = EpisodeReader::Open(folder / "data.h5");
  ASSERT_EQ(reader.size(), 5);
  for (int i = 0; i < 5; ++i)
    ExpectSame(reader.Read(i), SampleEpisode(schema, kFrames, static_cast<uint64_t>(i)));
}

TEST(EpisodeFile, OnlyWhatFitsIsAppended) {
  const TempFolder folder;
  WriteFile(folder / "data.h5", 2);
  const std::string before = ReadBytes(folder / "data.h5");
  EpisodeSchema other = SampleSchema();
  other.width = 20;
  EXPECT_THAT(ErrorOf([&] { EpisodeWriter::Append(folder / "data.h5", other, kFrames); }),
              HasSubstr("data.h5: holds other columns"));
  EXPECT_THAT(ErrorOf([&] { EpisodeWriter::Append(folder / "data.h5", SampleSchema(), 6); }),
              HasSubstr("holds episodes of 5 frames, not 6"));
  EXPECT_THAT(ErrorOf([&] { EpisodeWriter::Append(folder / "none.h5", SampleSchema(), kFrames); }),
              HasSubstr("none.h5: cannot be opened for writing: No such file"));
  EXPECT_EQ(ReadBytes(folder / "data.h5"), before);
  EXPECT_EQ(folder.Count(), 1);
}

TEST(EpisodeFile, SameEpisodesSameBytes) {
  const TempFolder folder;
  WriteFile(folder / "one.h5", 40);
  WriteFile(folder / "two.h5", 40);
  EXPECT_EQ(ReadBytes(folder / "one.h5"), ReadBytes(folder / "two.h5"));
}

TEST(EpisodeFile, ManyThreadsReadAtOnce) {
  const TempFolder folder;
  const EpisodeSchema schema = SampleSchema();
  WriteFile(folder / "data.h5", 12);
  const auto reader = EpisodeReader::Open(folder / "data.h5");
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 48; ++i) {
          const int e = (i * 5 + t) % 12;
          const Episode read = reader.Read(e);
          wrong[t] +=
              read.pixels != SampleEpisode(schema, kFrames, static_cast<uint64_t>(e)).pixels;
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4));
}

/// A process that writes 40 episodes and holds the file open until it is told to go.
class BusyWriter {
 public:
  explicit BusyWriter(const std::string& path) {
    if (::pipe(ready_) != 0 || ::pipe(go_) != 0) throw UserError("pipe", "fails");
    child_ = ::fork();
    if (child_ != 0) {
      char byte = 0;
      if (::read(ready_[0], &byte, 1) != 1 || byte != 'r') throw UserError("writer", "fails");
      return;
    }
    char byte = 'r';
    try {
      auto writer = EpisodeWriter::Create(path, SampleSchema(), kFrames, {});
      for (uint64_t i = 0; i < 40; ++i)
        writer.Write(EpisodeWriter::Compress(SampleEpisode(SampleSchema(), kFrames, i)));
      (void)!::write(ready_[1], &byte, 1);
      (void)!::read(go_[0], &byte, 1);
      writer.Close();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      byte = 'x';
      (void)!::write(ready_[1], &byte, 1);
    }
    ::_exit(0);
  }
  /// As the kernel does when memory runs out.
  void Kill() { ::kill(child_, SIGKILL); }
  ~BusyWriter() {
    (void)!::write(go_[1], "g", 1);
    ::waitpid(child_, nullptr, 0);
    for (const int descriptor : {ready_[0], ready_[1], go_[0], go_[1]}) ::close(descriptor);
  }

 private:
  int ready_[2], go_[2];
  pid_t child_ = -1;
};

TEST(EpisodeFile, CanBeReadWhileItIsWritten) {
  const TempFolder folder;
  {
    const BusyWriter writer(folder / "data.h5");
    const auto reader = EpisodeReader::Open(folder / "data.h5");
    ASSERT_GE(reader.size(), 32);
    for (const int e : {0, 31})
      ExpectSame(reader.Read(e), SampleEpisode(SampleSchema(), kFrames, static_cast<uint64_t>(e)));
    const std::string out =
        Python(folder / "data.h5",
               "n = len(f['ep_len'])\nprint(n >= 32, bool((f['ep_offset'][:] + f['ep_len'][:] <= "
               "len(f['pixels'])).all()), f['seed'][5 * 31])\n",
               ", swmr=True");
    if (!out.empty()) {
      EXPECT_EQ(out, "True True 1031\n");
    }
  }
  EXPECT_EQ(EpisodeReader::Open(folder / "data.h5").size(), 40);
}

TEST(EpisodeFile, HasOneWriterAtATime) {
  const TempFolder folder;
  {
    const BusyWriter writer(folder / "data.h5");
    EXPECT_THAT(
        ErrorOf([&] { EpisodeWriter::Append(folder / "data.h5", SampleSchema(), kFrames); }),
        HasSubstr("data.h5: is being written by another process"));
    EXPECT_THAT(
        ErrorOf([&] { EpisodeWriter::Create(folder / "data.h5", SampleSchema(), kFrames, {}); }),
        HasSubstr("data.h5: is being written by another process"));
  }
  EXPECT_EQ(EpisodeReader::Open(folder / "data.h5").size(), 40);
}

TEST(EpisodeFile, GoesOnAfterItsWriterWasKilled) {
  const TempFolder folder;
  {
    BusyWriter writer(folder / "data.h5");
    writer.Kill();
  }
  const int64_t left = EpisodeReader::Open(folder / "data.h5").size();
  ASSERT_GE(left, 32);
  {
    auto writer = EpisodeWriter::Append(folder / "data.h5", SampleSchema(), kFrames);
    EXPECT_EQ(writer.size(), left);
    for (int64_t i = left; i < left + 3; ++i) {
      writer.Write(EpisodeWriter::Compress(
          SampleEpisode(SampleSchema(), kFrames, static_cast<uint64_t>(i))));
    }
    writer.Close();
  }
  const auto reader = EpisodeReader::Open(folder / "data.h5");
  ASSERT_EQ(reader.size(), left + 3);
  for (int64_t e = 0; e < reader.size(); ++e)
    ExpectSame(reader.Read(e), SampleEpisode(SampleSchema(), kFrames, static_cast<uint64_t>(e)));
}

TEST(EpisodeFile, WhatWasNotClosedIsKeptIfItHasEpisodes) {
  const TempFolder folder;
  {
    auto writer = EpisodeWriter::Create(folder / "some.h5", SampleSchema(), kFrames, {});
    writer.Write(EpisodeWriter::Compress(SampleEpisode(SampleSchema(), kFrames, 0)));
    const auto none = EpisodeWriter::Create(folder / "none.h5", SampleSchema(), kFrames, {});
  }
  EXPECT_EQ(folder.Count(), 1);
  EXPECT_EQ(EpisodeReader::Open(folder / "some.h5").size(), 1);
}

TEST(EpisodeFile, WhatCannotBeWrittenIsNamedAndLeavesNothing) {
  const TempFolder folder;
  folder.Write("file", "text");
  const auto create = [&](const std::string& path) {
    return ErrorOf([&] { EpisodeWriter::Create(path, SampleSchema(), kFrames, {}); });
  };
  EXPECT_EQ(create(folder / "no/data.h5"),
            folder / "no/data.h5" + ": cannot be created: No such file or directory");
  EXPECT_THAT(create(folder / "file/data.h5"), HasSubstr("cannot be created: Not a directory"));
  EXPECT_THAT(create(folder.path().string()), HasSubstr("cannot be created"));
  EXPECT_EQ(folder.Count(), 1);
}

TEST(EpisodeFile, NothingIsLeftOnAFullDisk) {
  const TempFolder folder;
  const auto nothing_left = [&] { return folder.Count() == 0; };
  const auto write = [&] { WriteFile(folder / "data.h5", 200); };
  for (const rlim_t bytes : {100, 3000, 40000, 300000}) {
    EXPECT_EXIT(OnSmallDisk(bytes, "data.h5: ", write, nothing_left), ::testing::ExitedWithCode(0),
                "")
        << bytes;
  }
}

TEST(EpisodeFile, NothingIsLeftOfALongFilmOnAFullDisk) {
  const TempFolder folder;
  EpisodeSchema large = SampleSchema();
  large.height = large.width = 64;
  const auto write = [&] { WriteFile(folder / "data.h5", 150, large); };
  const auto nothing_left = [&] { return folder.Count() == 0; };
  EXPECT_EXIT(
      OnSmallDisk(6 << 20, "data.h5: cannot be written: File too large", write, nothing_left),
      ::testing::ExitedWithCode(0), "");
}

TEST(EpisodeFile, AppendingToAFullDiskKeepsWhatThereWas) {
  const TempFolder folder;
  EpisodeSchema large = SampleSchema();
  large.height = large.width = 64;
  WriteFile(folder / "data.h5", 10, large);
  const auto size = std::filesystem::file_size(folder / "data.h5");
  const auto append = [&] {
    auto writer = EpisodeWriter::Append(folder / "data.h5", large, kFrames);
    for (uint64_t i = 10; i < 200; ++i)
      writer.Write(EpisodeWriter::Compress(SampleEpisode(large, kFrames, i)));
    writer.Close();
  };
  for (const rlim_t room : {0, 20000, 6 << 20}) {
    EXPECT_EXIT(OnSmallDisk(size + room, "data.h5: cannot be written: File too large", append,
                            [] { return true; }),
                ::testing::ExitedWithCode(0), "")
        << room;
    const auto reader = EpisodeReader::Open(folder / "data.h5");
    ASSERT_GE(reader.size(), 10);
    for (int e = 0; e < reader.size(); ++e)
      ExpectSame(reader.Read(e), SampleEpisode(large, kFrames, static_cast<uint64_t>(e)));
    if (room > 1000000) {
      EXPECT_GT(reader.size(), 20) << "what still fitted is there";
    }
  }
}

TEST(EpisodeFile, TakesNoMoreRoomThanItNeeds) {
  const TempFolder folder;
  WriteFile(folder / "data.h5", 1);
  EXPECT_LT(std::filesystem::file_size(folder / "data.h5"), 100000u);
  EpisodeWriter::Append(folder / "data.h5", SampleSchema(), kFrames).Close();
  EXPECT_LT(std::filesystem::file_size(folder / "data.h5"), 100000u);
}

}  // namespace
}  // namespace peekaboo::sim
