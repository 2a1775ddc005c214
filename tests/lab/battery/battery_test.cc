#include "lab/battery/battery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "lab/report/media.h"
#include "tests/lab/own_scene.h"
#include "tests/temp_folder.h"

namespace peekaboo::lab {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::array kHorizons = {1, 8};

constexpr char kVanishes[] =
    "[vary]\n\"ball.present\" = true\n[[member]]\nname = \"rests\"\n[[member]]\nname = "
    "\"vanishes\"\nimpossible = true\nlike = \"rests\"\n"
    "event = { when = { time = 1.0 }, do = { vanish = \"ball\" } }\n";

class BatteryTest : public ::testing::Test {
 protected:
  BatteryTest() {
    subjects_.push_back(MakeFrameDifferenceSubject({kHorizons.begin(), kHorizons.end()}));
    options_.scenes = {folder_.Write("one.toml", SceneText(kVanishes)),
                       folder_.Write("other.toml", SceneText(kVanishes))};
    options_.sets = 3;
    options_.primary = "error_k8_mean";
  }

  std::optional<VoeResults> Run(const BatteryObserver& observer = {},
                                const VoeResults& before = {}) {
    return RunBattery(options_, subjects_, kHorizons, observer, before);
  }
  std::string ErrorOfScene(const std::string& text) {
    options_.scenes = {folder_.Write("bad.toml", SceneText(text))};
    return ErrorOf([&] { Run(); });
  }
  // As a file, but for the time it took.
  std::string Bytes(VoeResults results) {
    results.seconds = 0;
    SaveResults(folder_ / "voe.json", results);
    return ReadBytes(folder_ / "voe.json");
  }

  TempFolder folder_;
  std::vector<std::unique_ptr<Subject>> subjects_;
  BatteryOptions options_;
};

TEST_F(BatteryTest, StoppedItGoesOnWhereItWas) {
  const auto whole = Run();
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->scenes.size(), 4u);
  VoeResults before;
  BatteryObserver observer;
  observer.finished_scene = [&](const VoeResults& so_far) { before = so_far; };
  observer.progress = [](const std::string&, int64_t done, int64_t) { return done < 8; };
  EXPECT_FALSE(Run(observer));
  ASSERT_EQ(before.scenes.size(), 2u) << "sets 7 and 8 belong to the third";
  SaveUnfinished(folder_ / "part.json", before);
  int64_t first = 0;
  observer.progress = [&](const std::string&, int64_t done, int64_t total) {
    if (first == 0) first = done;
    EXPECT_EQ(total, 12);
    return true;
  };
  const auto resumed = Run(observer, LoadResults(folder_ / "part.json"));
  ASSERT_TRUE(resumed);
  EXPECT_EQ(first, 7);
  EXPECT_EQ(Bytes(*resumed), Bytes(*whole));
}

TEST_F(BatteryTest, WhatWasMadeOtherwiseIsMadeAgain) {
  const auto whole = Run();
  ASSERT_TRUE(whole);
  int sets = 0;
  BatteryObserver observer;
  observer.progress = [&](const std::string&, int64_t, int64_t) { return ++sets > 0; };
  ASSERT_TRUE(Run(observer, *whole));
  EXPECT_EQ(sets, 0);
  // A comment is enough: nobody can tell what it changes.
  folder_.Write("one.toml", SceneText(kVanishes) + "# changed\n");
  ASSERT_TRUE(Run(observer, *whole));
  EXPECT_EQ(sets, 6);
  options_.seed = 5;
  ASSERT_TRUE(Run(observer, *whole));
  EXPECT_EQ(sets, 6 + 12);
}

TEST_F(BatteryTest, ExampleFilmsAreKeptForPeople) {
  BatteryObserver observer;
  observer.example = [&](const SceneResult& result, const sim::Scene& scene, int member,
                         const sim::Episode& film) {
    SaveExampleFilm(folder_ / "media", result, member, film, scene.frame_hz);
  };
  const auto results = Run(observer);
  ASSERT_TRUE(results);
  for (const char* file : {"one-1.mp4", "one-1.png", "one-2.mp4", "other-2.png"}) {
    EXPECT_TRUE(fs::exists(folder_ / ("media/seen/" + std::string(file)))) << file;
    EXPECT_TRUE(fs::exists(folder_ / ("media/novel/" + std::string(file)))) << file;
  }
  const ReportSet set = LoadExampleSet(folder_ / "media", *results, results->scenes[0]);
  ASSERT_EQ(set.films.size(), 2u);
  EXPECT_EQ(set.films[1].member, "vanishes");
  EXPECT_EQ(set.films[1].tiles, 16);
  EXPECT_EQ(set.films[1].event_frame, 13);
  folder_.Write("media/seen/one-2.png", "no picture");
  EXPECT_THAT(ErrorOf([&] { LoadExampleSet(folder_ / "media", *results, results->scenes[0]); }),
              HasSubstr("one-2.png: is not a PNG"));
  fs::remove(folder_ / "media/seen/one-2.png");
  EXPECT_TRUE(LoadExampleSet(folder_ / "media", *results, results->scenes[0]).films.empty());
}

TEST_F(BatteryTest, ScenesThatGiveNoResultsAreRefusedAtTheStart) {
  EXPECT_THAT(ErrorOfScene(""), HasSubstr("bad.toml: has no [[member]]"));
  EXPECT_THAT(ErrorOfScene("[[member]]\nname = \"rests\"\n"),
              HasSubstr("needs both possible and impossible ones"));
  EXPECT_THAT(ErrorOfScene("frames = 8\n" + std::string(kVanishes)),
              HasSubstr("frames: 8 are too few for a model that predicts 8 ahead"));
}

TEST_F(BatteryTest, WhatResultsCouldNotTellApartIsRefused) {
  options_.scenes[1] = options_.scenes[0];
  EXPECT_THAT(ErrorOf([&] { Run(); }), HasSubstr("is called 'one' in results, as is"));
  options_.scenes.pop_back();
  options_.splits = {sim::Split::kSeen, sim::Split::kSeen};
  EXPECT_THAT(ErrorOf([&] { Run(); }), HasSubstr("splits: 'seen' stands twice"));
}

}  // namespace
}  // namespace peekaboo::lab
