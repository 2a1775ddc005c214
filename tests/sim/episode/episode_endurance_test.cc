#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "sim/episode/episode_file.h"
#include "tests/sim/made_episodes.h"
#include "tests/sim/small_disk.h"
#include "tests/temp_folder.h"

// What episode files must stand: readers at work, other programs, damage, full disks.

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// What opening or reading any part of the file says.
std::string ReadError(const std::string& path) {
  return ErrorOf([&] {
    const EpisodeReader reader = EpisodeReader::Open(path);
    for (int64_t i = 0; i < reader.size(); ++i) reader.Read(i);
  });
}

TEST(EpisodeEndurance, LongAndEmptyAttributesComeBack) {
  const TempFolder folder;
  const std::string text(200'000, 'x');
  WriteFile(folder / "film.h5", 1, FullSchema(),
            {{"config", text}, {"empty", ""}, {"utf8", "größe"}});
  const auto attributes = EpisodeReader::Open(folder / "film.h5").attributes();
  EXPECT_EQ(attributes.at("config"), text);
  EXPECT_EQ(attributes.at("empty"), "");
  EXPECT_EQ(attributes.at("utf8"), "größe");
}

TEST(EpisodeEndurance, SameEpisodesSameBytesAtAnyTime) {
  const TempFolder folder;
  WriteFile(folder / "one.h5", 40);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  WriteFile(folder / "two.h5", 40);
  EXPECT_TRUE(ReadBytes(folder / "one.h5") == ReadBytes(folder / "two.h5"));
}

TEST(EpisodeEndurance, AppendGoesOnAfterAnEmptyFile) {
  const TempFolder folder;
  const std::string path = folder / "film.h5";
  WriteFile(path, 0);
  EXPECT_THAT(ErrorOf([&] { EpisodeWriter::Append(path, FullSchema(), kFrames + 1); }),
              HasSubstr(path))
      << "the length of an episode is fixed at creation";
  EpisodeWriter writer = EpisodeWriter::Append(path, FullSchema(), kFrames);
  Add(writer, FullSchema(), 0, 1);
  writer.Close();
  ExpectSame(EpisodeReader::Open(path).Read(0), MakeEpisode(FullSchema(), 0));
}

TEST(EpisodeEndurance, CanBeReadWhileItIsWritten) {
  const TempFolder folder;
  const std::string path = folder / "film.h5";
  // Another program, which opens the file again and again from its first moment on. It begins
  // before the writer, to know nothing of it.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    while (!std::filesystem::exists(path)) ::usleep(100);
    std::string error = "no error";
    int64_t most = 0;
    while (most < 64 && error == "no error") {
      error = ErrorOf([&] {
        const EpisodeReader reader = EpisodeReader::Open(path);
        if (reader.size() < most) throw UserError(path, "episodes went away");
        most = reader.size();
        if (most > 0) ExpectSame(reader.Read(most - 1), MakeEpisode(FullSchema(), most - 1));
      });
      ::usleep(500);
    }
    if (error != "no error") std::fprintf(stderr, "%s\n", error.c_str());
    ::_exit(error == "no error" && !::testing::Test::HasFailure() ? 0 : 1);
  }
  EpisodeWriter writer = EpisodeWriter::Create(path, FullSchema(), kFrames, {});
  int status = 0;
  for (int i = 0; ::waitpid(child, &status, WNOHANG) == 0; ++i) {
    Add(writer, FullSchema(), i, i + 1);
  }
  EXPECT_EQ(status, 0);
  EXPECT_GT(EpisodeReader::Open(path).size(), 0) << "in the same process too";
  writer.Close();
}

/// As the loader of stable-worldmodel does: every dataset but ep_len and ep_offset is a column with
/// one row a frame, of a type that torch has.
TEST(EpisodeEndurance, StableWorldModelReadsIt) {
  if (!PythonHas("h5py, torch")) GTEST_SKIP() << "no h5py or torch";
  const TempFolder folder;
  const std::string path = folder / "film.h5";
  WriteFile(path, 5);
  EXPECT_EQ(Python("import h5py, torch\nf = h5py.File(\"" + path +
                   "\", \"r\", swmr=True)\n"
                   "n, o = f[\"ep_len\"][:], f[\"ep_offset\"][:]\n"
                   "clips = []\n"
                   "for e in range(len(n)):\n"
                   "    clips.append({k: torch.from_numpy(f[k][o[e]+1:o[e]+5]) for k in f if k not "
                   "in (\"ep_len\", \"ep_offset\")})\n"
                   "batch = torch.utils.data.default_collate(clips)\n"
                   "print(len(n), {tuple(v.shape[:2]) for v in batch.values()})"),
            "5 {(5, 4)}\n");
}

TEST(EpisodeEndurance, FileOfAnotherWriterIsRead) {
  if (!PythonHas("h5py")) GTEST_SKIP() << "no h5py";
  const TempFolder folder;
  const std::string path = folder / "other.h5";
  ASSERT_EQ(
      Python(
          "import h5py, numpy as np\nf = h5py.File(\"" + path +
          "\", \"w\", libver=\"latest\")\n"
          "f.create_dataset(\"pixels\", data=np.arange(7*4*4*3, dtype=np.uint8).reshape(7,4,4,3), "
          "maxshape=(None,4,4,3), chunks=(1,4,4,3))\n"
          "f.create_dataset(\"action\", data=np.ones((7,2), np.float32))\n"
          "f.create_dataset(\"ep_len\", data=np.array([3,4], np.int32))\n"
          "f.create_dataset(\"ep_offset\", data=np.array([0,3], np.int64))\nf.close()"),
      "");
  const EpisodeReader reader = EpisodeReader::Open(path);
  ASSERT_EQ(reader.size(), 2);
  const Episode episode = reader.Read(1);
  EXPECT_EQ(episode.frames, 4);
  EXPECT_EQ(episode.pixels[0], 3 * 48);
  EXPECT_EQ(episode.action.size(), 8u);
}

TEST(EpisodeEndurance, NewFileTakesTheOldOnesPlaceOnlyOnceItIsSetUp) {
  const TempFolder folder;
  const std::string path = folder / "film.h5";
  WriteFile(path, 3);
  EXPECT_EXIT(
      OnSmallDisk(
          1000, "film.h5: ", [&] { WriteFile(path, 5); }, [&] { return folder.Count() == 1; }),
      ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(EpisodeReader::Open(path).size(), 3);
  WriteFile(path, 5);
  EXPECT_EQ(EpisodeReader::Open(path).size(), 5);
}

TEST(EpisodeEndurance, FlippedBytesNeverEndTheProgram) {
  const TempFolder folder;
  WriteFile(folder / "film.h5", 3);
  const std::string bytes = ReadBytes(folder / "film.h5");
  const auto flip = [&] {
    RandomStream random(3, "flip");
    for (int i = 0; i < 300; ++i) {
      std::string damaged = bytes;
      for (int k = 0; k < 3; ++k) {
        damaged[random.Below(damaged.size())] ^= static_cast<char>(1 + random.Below(255));
      }
      // Which bytes matter is HDF5's business; what must hold is: an answer or a UserError.
      ReadError(folder.Write("flip.h5", damaged));
    }
    ::_exit(0);  // HDF5 itself loses memory on damaged files: no leak check here
  };
  EXPECT_EXIT(flip(), ::testing::ExitedWithCode(0), "");
}

/// A line of Python that changes the HDF5 file `f` behind the writer's back.
std::string Edit(const std::string& path, const std::string& script) {
  return "f = h5py.File(\"" + path + "\", \"r+\")\n" + script + "\nf.close()\n";
}

struct Damage {
  const char* what;
  const char* script;
  const char* error;
};

TEST(EpisodeEndurance, PartsThatDoNotFitAreNamed) {
  if (!PythonHas("h5py")) GTEST_SKIP() << "no h5py";
  const std::vector<Damage> damages = {
      Damage{"no pixels", "del f[\"pixels\"]", "'pixels'"},
      Damage{"no lengths", "del f[\"ep_len\"]", "'ep_len'"},
      Damage{"no offsets", "del f[\"ep_offset\"]", "'ep_offset'"},
      Damage{"length below 1", "f[\"ep_len\"][1] = 0", "episode 1"},
      Damage{"negative length", "f[\"ep_len\"][1] = -6", "episode 1"},
      Damage{"length too long", "f[\"ep_len\"][2] = 7", "episode 2"},
      Damage{"negative offset", "f[\"ep_offset\"][1] = -1", "episode 1"},
      Damage{"offset too far", "f[\"ep_offset\"][1] = 2**62", "episode 1"},
      Damage{"fewer offsets", "f[\"ep_offset\"].resize((2,))", "'ep_offset'"},
      Damage{"fewer pixels", "f[\"pixels\"].resize(12, axis=0)", "'pixels'"},
      Damage{"fewer rows", "f[\"qpos\"].resize(12, axis=0)", "'qpos'"},
      Damage{"other type", "del f[\"qvel\"]; f[\"qvel\"] = np.zeros((18, 4), np.float64)",
             "'qvel'"},
      Damage{"other rank", "del f[\"qvel\"]; f[\"qvel\"] = np.zeros(18, np.float32)", "'qvel'"},
      Damage{"text pixels", "del f[\"pixels\"]; f[\"pixels\"] = np.zeros((18,16,12,3), np.float32)",
             "'pixels'"},
      Damage{"grey pixels", "del f[\"pixels\"]; f[\"pixels\"] = np.zeros((18,16,12,1), np.uint8)",
             "'pixels'"},
      Damage{"a folder", "del f[\"qvel\"]; f.create_group(\"qvel\")", "'qvel'"},
      Damage{"huge pictures",
             "del f[\"pixels\"]; f.create_dataset(\"pixels\", (18,2**20,2**20,3), np.uint8, "
             "chunks=(1,64,64,3))",
             "'pixels'"},
      Damage{"objects", "f.attrs[\"objects\"] = \"ball\"", "objects"},
      Damage{"not a number", "f[\"qpos\"][7, 1] = np.nan", "'qpos'"},
      Damage{"no action where there must be one", "f[\"action\"][4, 1] = np.nan", "'action'"},
      Damage{"infinite", "f[\"action\"][0, 0] = np.inf", "'action'"},
      Damage{"absurdly many episodes",
             "f[\"ep_len\"].resize((2**40,)); f[\"ep_offset\"].resize((2**40,))", "'ep_len'"},
      Damage{"absurdly long episode",
             "for k in f: f[k].resize(2**19 if k[:3] != \"ep_\" else 1, axis=0)\n"
             "del f[\"pixels\"]; f.create_dataset(\"pixels\", (2**19,8000,8000,3), np.uint8, "
             "chunks=(1,64,64,3))\n"
             "f[\"ep_len\"][0] = 2**19",
             "episode 0 claims"},
  };
  const TempFolder folder;
  WriteFile(folder / "film.h5", 3);
  const std::string whole = ReadBytes(folder / "film.h5");
  std::string script = "import h5py, numpy as np\n";
  for (size_t i = 0; i < damages.size(); ++i) {
    script += Edit(folder.Write("film" + std::to_string(i) + ".h5", whole), damages[i].script);
  }
  ASSERT_EQ(Python(script), "");
  for (size_t i = 0; i < damages.size(); ++i) {
    const std::string name = "film" + std::to_string(i) + ".h5";
    EXPECT_THAT(ReadError(folder / name), AllOf(HasSubstr(name), HasSubstr(damages[i].error)))
        << damages[i].what;
  }
}

TEST(EpisodeEndurance, PlaceThatCannotBeWrittenIsNamed) {
  const TempFolder folder;
  const auto error = [](const std::string& path) {
    return ErrorOf([&] { EpisodeWriter::Create(path, FullSchema(), kFrames, {}); });
  };
  EXPECT_THAT(error(folder / "no/film.h5"), HasSubstr("no/film.h5: cannot be"));
  EXPECT_THAT(error(folder.Write("file", "x") + "/film.h5"), HasSubstr("Not a directory"));
  EXPECT_THAT(error(folder.path()), HasSubstr("cannot be"));
  EXPECT_THAT(error("/proc/film.h5"), HasSubstr("cannot be"));
  // Through a link, so that a program that removes it removes no more than that.
  std::filesystem::create_symlink("/dev/full", folder / "full");
  EXPECT_THAT(error(folder / "full"), HasSubstr("not a regular file"));
  EXPECT_EQ(folder.Count(), 2) << "a device is not removed";
}

TEST(EpisodeEndurance, FullDiskIsOneClearLineAndLeavesNothing) {
  const TempFolder folder;
  const auto record = [&] { WriteFile(folder / "film.h5", 2000); };
  for (const rlim_t limit : {rlim_t{1}, rlim_t{4000}, rlim_t{20'000}, rlim_t{100'000},
                             rlim_t{1'400'000}, rlim_t{2'500'000}}) {
    EXPECT_EXIT(OnSmallDisk(limit, "film.h5: ", record, [&] { return folder.Count() == 0; }),
                ::testing::ExitedWithCode(0), "")
        << limit;
  }
}

TEST(EpisodeEndurance, FullDiskOnAppendKeepsTheOldEpisodes) {
  const TempFolder folder;
  const std::string path = folder / "film.h5";
  WriteFile(path, 50);
  const auto size = std::filesystem::file_size(path);
  const auto append = [&] {
    EpisodeWriter writer = EpisodeWriter::Append(path, FullSchema(), kFrames);
    Add(writer, FullSchema(), 50, 2000);
    writer.Close();
  };
  EXPECT_EXIT(OnSmallDisk(size + 3'000'000, "film.h5: ", append, [] { return true; }),
              ::testing::ExitedWithCode(0), "");
  const EpisodeReader reader = EpisodeReader::Open(path);
  ASSERT_GT(reader.size(), 100);
  for (int64_t i = 0; i < reader.size(); ++i)
    ExpectSame(reader.Read(i), MakeEpisode(FullSchema(), i));
}

TEST(EpisodeEndurance, ProcessEndsInPeaceAfterAFullDisk) {
  // HDF5 tries to write once more what it could not, when the process ends.
  const TempFolder folder;
  const auto record_and_exit = [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{3'000'000, 3'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ErrorOf([&] { WriteFile(folder / "film.h5", 2000); });
    std::exit(3);
  };
  EXPECT_EXIT(record_and_exit(), ::testing::ExitedWithCode(3), "");
}

TEST(EpisodeEndurance, EpisodeOfAnotherShapeIsABug) {
  const TempFolder folder;
  EpisodeWriter writer = EpisodeWriter::Create(folder / "film.h5", FullSchema(), kFrames, {});
  EXPECT_THROW(writer.Write(EpisodeWriter::Compress(MakeEpisode(FullSchema(), 0, kFrames + 1))),
               std::logic_error);
  Episode narrow = MakeEpisode(FullSchema(), 0);
  narrow.qpos.resize(3);
  EXPECT_THROW(writer.Write(EpisodeWriter::Compress(narrow)), std::logic_error);
  Episode small = MakeEpisode(FullSchema(), 0);
  small.pixels.resize(10);
  EXPECT_THROW(writer.Write(EpisodeWriter::Compress(small)), std::logic_error);
}

}  // namespace
}  // namespace peekaboo::sim
