#include "lab/battery/matched_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "lab/battery/battery.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene.h"
#include "tests/lab/own_scene.h"
#include "tests/temp_folder.h"

namespace peekaboo::lab {
namespace {

using ::testing::HasSubstr;

constexpr int kFrameBytes = 64 * 64 * 3;

class MatchedSetTest : public ::testing::Test {
 protected:
  void SetUp() override { gl_->MakeCurrent(); }

  static MatchedSetMaker MakerOf(const std::string& path) {
    const auto scene = sim::LoadScene(path);
    return MatchedSetMaker(sim::Stage::Load(scene->model), scene);
  }

  /// Gives up soon.
  static MatchedSetMaker ImpatientMakerOf(const std::string& path) {
    const auto scene = sim::LoadScene(path);
    return MatchedSetMaker(sim::Stage::Load(scene->model), scene, 20);
  }

  std::string Write(const std::string& text) const {
    return folder_.Write("scene.toml", SceneText(text));
  }

  std::unique_ptr<sim::GlContext> gl_ = sim::GlContext::Create();
  TempFolder folder_;
};

// Maker::Make itself asserts what makes a set evidence; this asks for it on every scene and split.
TEST_F(MatchedSetTest, EverySceneGivesBalancedSetsInEverySplit) {
  for (const std::string& name : AllVoeScenes()) {
    MatchedSetMaker maker = MakerOf(sim::FindScene(name));
    for (const sim::Split split : sim::kSplits) {
      SCOPED_TRACE(name + " " + sim::SplitName(split));
      const MatchedSet set = maker.Make(split, 11, 0);
      ASSERT_EQ(set.films.size(), 4u);
      EXPECT_EQ(std::count(set.violation_frames.begin(), set.violation_frames.end(), -1), 2);
      for (size_t m = 0; m < set.films.size(); ++m) {
        const int violation = set.violation_frames[m];
        const auto& film = set.films[m];
        const auto& twin = set.films[set.like[m]];
        EXPECT_EQ(set.violation_frames[set.like[m]], -1);
        if (violation < 0) continue;
        ASSERT_GE(violation, 8) << "before the longest horizon predicts anything";
        EXPECT_TRUE(std::ranges::equal(film.Frame(violation - 1, kFrameBytes),
                                       twin.Frame(violation - 1, kFrameBytes)));
        EXPECT_NE(film.pixels, twin.pixels);
      }
    }
  }
}

TEST_F(MatchedSetTest, SameArgumentsSameBytes) {
  const std::string path = sim::FindScene("voe/permanence/roll");
  MatchedSetMaker one = MakerOf(path), other = MakerOf(path);
  (void)other.Make(sim::Split::kSeen, 4, 9);
  const MatchedSet a = one.Make(sim::Split::kSeen, 4, 2), b = other.Make(sim::Split::kSeen, 4, 2);
  for (size_t m = 0; m < a.films.size(); ++m) EXPECT_EQ(a.films[m].pixels, b.films[m].pixels);
  EXPECT_NE(a.films[0].pixels, one.Make(sim::Split::kSeen, 5, 2).films[0].pixels);
}

constexpr char kPair[] =
    "[[member]]\nname = \"rests\"\n[[member]]\nname = \"vanishes\"\nimpossible = true\n"
    "like = \"rests\"\n";

TEST_F(MatchedSetTest, RequirementsThatNothingMeetsAreNamed) {
  MatchedSetMaker maker = ImpatientMakerOf(Write(
      "require = [\"event.frame >= 100\"]\n[vary]\n\"ball.present\" = true\n" + std::string(kPair) +
      "event = { when = { time = 1.0 }, do = { vanish = \"ball\" } }\n"));
  EXPECT_THAT(ErrorOf([&] { maker.Make(sim::Split::kSeen, 0, 0); }),
              HasSubstr("20 of 20 attempts 'require' was not met: \"event.frame >= 100\""));
}

TEST_F(MatchedSetTest, AnEventThatNeverHappensIsNamed) {
  MatchedSetMaker maker = ImpatientMakerOf(
      Write("[vary]\n\"ball.present\" = true\n" + std::string(kPair) +
            "event = { when = { crosses = 1.5, body = \"ball\" }, do = { vanish = \"ball\" } }\n"));
  EXPECT_THAT(ErrorOf([&] { maker.Make(sim::Split::kSeen, 0, 0); }),
              HasSubstr("nothing happened in the film 'vanishes'"));
}

TEST_F(MatchedSetTest, AnotherBeginningIsNotAccepted) {
  MatchedSetMaker maker =
      MakerOf(Write("[vary]\n\"ball.present\" = true\n\"ball.x\" = 0.0\n" + std::string(kPair) +
                    "set = { \"ball.x\" = 0.5 }\n"
                    "event = { when = { time = 1.0 }, do = { vanish = \"ball\" } }\n"));
  EXPECT_THAT(ErrorOf([&] { maker.Make(sim::Split::kSeen, 0, 0); }),
              HasSubstr("'vanishes': differs from the film it is like before the violation"));
}

// A ball that rolls by, or none; with `screen` for what it rolls by behind.
std::string RollsOrNot(const std::string& screen, const std::string& other) {
  return "hidden = \"ball\"\n[vary]\n\"ball.present\" = true\n\"ball.vx\" = 1.2\n"
         "\"ball.x\" = -1.6\n" +
         screen +
         "[[member]]\nname = \"rolls\"\n[[member]]\nname = \"nothing\"\n"
         "set = { \"ball.present\" = false" +
         other +
         " }\n[[member]]\nname = \"vanishes\"\nimpossible = true\n"
         "splice = [\"rolls\", \"nothing\"]\n";
}
constexpr char kScreen[] =
    "\"screen.present\" = true\n\"screen.x\" = 0.0\n\"screen.width\" = 1.0\n"
    "\"screen.height\" = 0.8\n";

TEST_F(MatchedSetTest, ASpliceInFullViewIsNotAccepted) {
  MatchedSetMaker maker = ImpatientMakerOf(Write(RollsOrNot("", "")));
  EXPECT_THAT(ErrorOf([&] { maker.Make(sim::Split::kSeen, 0, 0); }),
              HasSubstr("'ball' was not hidden long enough where 'vanishes' is spliced"));
}

TEST_F(MatchedSetTest, ASpliceThatThePicturesBetrayIsNotAccepted) {
  EXPECT_EQ(MakerOf(Write(RollsOrNot(kScreen, ""))).Make(sim::Split::kSeen, 0, 0).films.size(), 3u);
  MatchedSetMaker maker = MakerOf(Write(RollsOrNot(kScreen, ", \"screen.height\" = 0.9")));
  EXPECT_THAT(ErrorOf([&] { maker.Make(sim::Split::kSeen, 0, 0); }),
              HasSubstr("'ball' is hidden where 'vanishes' is spliced, but the pictures differ"));
}

TEST_F(MatchedSetTest, AViolationThatChangesNothingIsNotAccepted) {
  MatchedSetMaker maker =
      MakerOf(Write("[vary]\n\"ball.present\" = true\n" + std::string(kPair) +
                    "event = { when = { time = 1.0 }, do = { freeze = \"ball\" } }\n"));
  EXPECT_THAT(ErrorOf([&] { maker.Make(sim::Split::kSeen, 0, 0); }),
              HasSubstr("'vanishes': never differs from the film it is like"));
}

}  // namespace
}  // namespace peekaboo::lab
