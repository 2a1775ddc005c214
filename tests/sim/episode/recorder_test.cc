// Whole films: the same on any number of threads, and the same as they have always been.

#include "sim/episode/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "base/ordered_pool.h"
#include "tests/sim/small_world.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// FNV-1a, 64 bits.
class Hash {
 public:
  void Add(const void* data, size_t size) {
    const auto* bytes = static_cast<const uint8_t*>(data);
    for (size_t i = 0; i < size; ++i) value_ = (value_ ^ bytes[i]) * 1099511628211ULL;
  }
  template <typename T>
  void Add(const std::vector<T>& values) {
    Add(values.data(), values.size() * sizeof(T));
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 14695981039346656037ULL;
};

/// Hashes of all there is in each film.
std::vector<uint64_t> Films(int threads, int64_t first, int64_t count, Split split = Split::kSeen) {
  const SceneMixture nursery("nursery");
  RecordOptions options;
  options.first = first;
  options.episodes = count;
  options.seed = 1;
  options.split = split;
  options.film.visible = true;
  options.threads = threads;
  std::vector<uint64_t> hashes;
  RecordFilms<uint64_t>(
      nursery, options,
      [](Episode e) {
        Hash hash;
        hash.Add(e.pixels);
        hash.Add(e.qpos);
        hash.Add(e.qvel);
        hash.Add(e.present);
        hash.Add(e.image_xy);
        hash.Add(e.visible);
        hash.Add(&e.index, sizeof(e.index));
        hash.Add(&e.scene, sizeof(e.scene));
        return hash.value();
      },
      [&](uint64_t hash) {
        hashes.push_back(hash);
        return true;
      });
  return hashes;
}

TEST(Recorder, SameBytesOnAnyNumberOfThreads) {
  const auto one = Films(1, 0, 10);
  ASSERT_EQ(one.size(), 10u);
  EXPECT_EQ(std::set<uint64_t>(one.begin(), one.end()).size(), 10u) << "no two films are the same";
  EXPECT_EQ(Films(2, 0, 10), one);
  EXPECT_EQ(Films(3, 0, 10), one);
  EXPECT_EQ(Films(2, 6, 4), std::vector<uint64_t>(one.begin() + 6, one.end()))
      << "goes on where a file ends";
}

TEST(Recorder, FilmsAreComplete) {
  const SceneMixture nursery("nursery");
  RecordOptions options;
  options.episodes = 3;
  options.threads = 2;
  options.film = {.height = 32, .width = 48, .visible = true};
  const size_t objects = nursery.first().objects.size();
  int taken = 0;
  RecordFilms<Episode>(
      nursery, options, [](Episode e) { return e; },
      [&](Episode e) {
        EXPECT_EQ(e.index, static_cast<uint64_t>(taken++));
        EXPECT_EQ(e.frames, 32);
        EXPECT_EQ(e.pixels.size(), 32u * 32 * 48 * 3);
        EXPECT_EQ(e.qpos.size(), 32u * nursery.stage()->model()->nq);
        EXPECT_EQ(e.visible.size(), 32 * objects);
        EXPECT_EQ(e.present.size(), 32 * objects);
        EXPECT_EQ(e.image_xy.size(), 2 * 32 * objects);
        for (size_t i = 0; i < e.visible.size(); ++i) {
          if (!e.present[i]) {
            EXPECT_EQ(e.visible[i], 0) << "what is absent is not seen";
          }
        }
        return true;
      });
  EXPECT_EQ(taken, 3);
}

// Where films are deflated depends on how many threads film; what is written does not.
TEST(Recorder, FilesAreTheSameOnAnyNumberOfThreads) {
  const SceneMixture nursery("nursery");
  const TempFolder folder;
  std::set<std::string> files;
  for (const int threads : {1, 2, 5}) {
    RecordOptions options;
    options.episodes = 6;
    options.threads = threads;
    EpisodeSchema schema;
    schema.qpos_size = nursery.stage()->model()->nq;
    schema.qvel_size = nursery.stage()->model()->nv;
    schema.objects = nursery.first().objects;
    const std::string path = folder / std::to_string(threads);
    auto writer = EpisodeWriter::Create(path, schema, nursery.first().frames, {});
    int taken = 0;
    RecordInto(&writer, nursery, options, [&] { return ++taken < 4; });
    writer.Close();
    files.insert(ReadBytes(path));
  }
  EXPECT_EQ(files.size(), 1u);
}

TEST(Recorder, StopsWhenTold) {
  const SceneMixture nursery("nursery");
  RecordOptions options;
  options.episodes = 1000000;
  options.threads = 2;
  int taken = 0;
  RecordFilms<int>(
      nursery, options, [](const Episode&) { return 0; }, [&](int) { return ++taken < 5; });
  EXPECT_EQ(taken, 5);
}

TEST(Recorder, ErrorsOfItsThreadsArrive) {
  const SceneMixture nursery("nursery");
  RecordOptions options;
  options.episodes = 50;
  options.threads = 2;
  EXPECT_THAT(
      ErrorOf([&] {
        RecordFilms<int>(
            nursery, options,
            [](const Episode& e) -> int { throw UserError("film", std::to_string(e.index)); },
            [](int) { return true; });
      }),
      HasSubstr("film: "));
  options.film.height = 100000;
  EXPECT_THAT(ErrorOf([&] {
                RecordFilms<int>(
                    nursery, options, [](const Episode&) { return 0; }, [](int) { return true; });
              }),
              HasSubstr("image size"));
}

TEST(SceneMixture, PicksByWeight) {
  const SceneMixture nursery("nursery");
  std::vector<double> share(nursery.scenes().size());
  const int count = 4000;
  for (int i = 0; i < count; ++i) share[nursery.Pick(3, static_cast<uint64_t>(i))] += 1.0 / count;
  for (size_t i = 0; i < share.size(); ++i) EXPECT_NEAR(share[i], nursery.scenes()[i].second, 0.03);
  EXPECT_EQ(nursery.Pick(3, 17), nursery.Pick(3, 17));
}

TEST(SceneMixture, ScenesOfOneFileAgree) {
  const TempFolder folder;
  folder.Write("small.xml", kSmallStage);
  folder.Write("a.toml", SmallScene("ball", ""));
  std::string longer = SmallScene("ball", "");
  longer.replace(longer.find("frames = 50"), 11, "frames = 60");
  folder.Write("b.toml", longer);
  folder.Write(
      "both.toml",
      "[[mixture]]\nscene = \"a.toml\"\nweight = 1\n[[mixture]]\nscene = \"b.toml\"\nweight = 1\n");
  EXPECT_THAT(ErrorOf([&] { SceneMixture(folder / "both.toml"); }),
              HasSubstr("b.toml: has another model, camera, frames"));
  folder.Write("b.toml", SmallScene("ball", "\"bal.x\" = 1"));
  EXPECT_THAT(ErrorOf([&] { SceneMixture(folder / "both.toml"); }),
              HasSubstr("nothing is called 'bal'"));
  EXPECT_THAT(ErrorOf([] { SceneMixture("nurserie"); }), HasSubstr("no such scene"));
}

TEST(OrderedPool, HandsOverInOrder) {
  for (const int threads : {1, 2, 7}) {
    std::vector<int64_t> order;
    RunOrdered<int64_t>(
        threads, 100, [] { return [](int64_t i) { return i * i; }; },
        [&](int64_t i, int64_t square) {
          EXPECT_EQ(square, i * i);
          order.push_back(i);
          return true;
        });
    ASSERT_EQ(order.size(), 100u);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  }
}

TEST(OrderedPool, NothingToDoIsFine) {
  RunOrdered<int>(
      4, 0, [] { return [](int64_t) { return 0; }; },
      [](int64_t, int) { return ADD_FAILURE(), true; });
}

TEST(OrderedPool, ErrorsOfWorkersAndOfTheConsumerArrive) {
  const auto fine = [] { return [](int64_t) { return 0; }; };
  EXPECT_THROW(
      RunOrdered<int>(3, 50, fine, [](int64_t, int) -> bool { throw UserError("", "full"); }),
      UserError);
  EXPECT_THROW(RunOrdered<int>(
                   3, 50, []() -> std::function<int(int64_t)> { throw UserError("", "no GL"); },
                   [](int64_t, int) { return true; }),
               UserError);
  EXPECT_THROW(
      RunOrdered<int>(
          3, 50,
          [] { return [](int64_t i) -> int { return i == 20 ? throw UserError("", "bad") : 0; }; },
          [](int64_t, int) { return true; }),
      UserError);
}

/// States only, because pixels may change with Mesa: "scene index hash" of films of each scene, so
/// that other weights in the mixture change nothing.
std::string StatesOfTheNursery() {
  const SceneMixture nursery("nursery");
  World world(nursery.stage());
  std::ostringstream text;
  text << "MuJoCo " << mj_version()
       << ", nursery, seed 1: qpos and qvel of all frames in units of 1e-6\n";
  std::map<std::string, const Scene*> scenes;
  for (const auto& [scene, weight] : nursery.scenes()) scenes[scene->name] = scene.get();
  for (const auto& [name, scene] : scenes) {
    for (uint64_t index = 0; index < 4; ++index) {
      const Draw draw = DrawFactors(*nursery.stage(), *scene, {Split::kSeen, 1, index, 0});
      world.Reset(*scene, draw, {});
      Hash hash;
      const auto add = [&](const mjtNum* numbers, int count) {
        for (int i = 0; i < count; ++i) {
          const int64_t rounded = std::llround(numbers[i] * 1e6);
          hash.Add(&rounded, sizeof(rounded));
        }
      };
      for (int t = 0; t < scene->frames; ++t) {
        if (t > 0) world.StepFrame();
        add(world.data()->qpos, world.model()->nq);
        add(world.data()->qvel, world.model()->nv);
      }
      text << name << " " << index << " " << std::hex << hash.value() << std::dec << "\n";
    }
  }
  return text.str();
}

TEST(Golden, StatesOfTheNurseryAreWhatTheyWere) {
  const std::string path = std::string(PEEKABOO_SOURCE_DIR) + "/tests/golden/nursery_states.txt";
  const std::string now = StatesOfTheNursery();
  if (std::getenv("PEEKABOO_UPDATE_GOLDEN")) std::ofstream(path) << now;
  const std::string golden = ReadBytes(path);
  const auto version = [](const std::string& text) { return text.substr(0, text.find(',')); };
  if (version(golden) != version(now))
    GTEST_SKIP() << "recorded with " << version(golden) << ", this is " << version(now);
  EXPECT_EQ(now, golden) << "If the scenes or the physics were changed on purpose, run this test "
                            "once with PEEKABOO_UPDATE_GOLDEN=1.";
}

}  // namespace
}  // namespace peekaboo::sim
