// Scene files are hostile until checked: keys, numbers and factors, and what is said about them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scene_fixture.h"

namespace peekaboo::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(SceneFile, KeepsWhatItSays) {
  const auto scene = Load(R"(
title = "A title"
concept = "support"
source = "Somebody 1993"
age = [6, 10]
model = "small.xml"
camera = "eye"
frame_hz = 25
frames = 20
objects = ["ball"]
hidden = "ball"
require = ["event.frame > 3"]
[colours]
red = [1, 0, 0.5]
[vary]
"ball.x" = { uniform = [-1, "ball.z"], novel = [2, 3], unit = "m" }
"ball.z" = 2
[[event]]
when = { contact = ["ball", "floor"], after = 0.5 }
[[member]]
name = "possible"
[[member]]
name = "not"
impossible = true
like = "possible"
event = [{ when = { time = "ball.z" }, do = [{ vanish = "ball" }, { stop = "ball" }], delay = 2 }]
)");
  EXPECT_EQ(scene->title, "A title");
  EXPECT_EQ(scene->concept_name, "support");
  EXPECT_EQ(scene->source, "Somebody 1993");
  EXPECT_EQ(scene->age, (std::vector<double>{6, 10}));
  EXPECT_EQ(scene->model, folder_ / "small.xml");
  EXPECT_EQ(scene->camera, "eye");
  EXPECT_EQ(scene->frame_hz, 25);
  EXPECT_EQ(scene->frames, 20);
  EXPECT_EQ(scene->hidden, "ball");
  EXPECT_EQ(scene->require.size(), 1u);
  EXPECT_EQ(scene->colours.at("red")[2], 0.5);
  ASSERT_EQ(scene->vary.size(), 2u);
  EXPECT_EQ(scene->vary[0].key, "ball.x");
  EXPECT_EQ(scene->vary[0].distribution.kind, Distribution::Kind::kUniform);
  EXPECT_EQ(scene->vary[0].unit, "m");
  ASSERT_TRUE(scene->vary[0].elsewhere.count(Split::kNovel));
  EXPECT_EQ(scene->vary[0].On(Split::kNovel).kind, Distribution::Kind::kUniform);
  ASSERT_EQ(scene->events.size(), 1u);
  EXPECT_EQ(scene->events[0].when.kind, Condition::Kind::kContact);
  EXPECT_TRUE(scene->events[0].interventions.empty());
  const Member* impossible = scene->FindMember("not");
  ASSERT_TRUE(impossible);
  EXPECT_TRUE(impossible->impossible);
  EXPECT_EQ(impossible->like, "possible");
  ASSERT_EQ(impossible->events.size(), 1u);
  EXPECT_EQ(impossible->events[0].delay, 2);
  ASSERT_EQ(impossible->events[0].interventions.size(), 2u);
  EXPECT_EQ(impossible->events[0].interventions[1].kind, Intervention::Kind::kStop);
  EXPECT_FALSE(scene->FindMember("nobody"));
}

TEST_F(SceneFile, IncludesAreOverridden) {
  folder_.Write("base/common.toml",
                "model = \"../small.xml\"\nframes = 9\ncamera = \"audience\"\n[vary]\n\"a\" = "
                "1\n\"b\" = 2\n");
  const auto scene =
      Load("include = [\"base/common.toml\"]\nframes = 10\n[vary]\n\"b\" = 3\n\"c\" = 4\n");
  EXPECT_EQ(scene->model, folder_ / "small.xml") << "relative to the file that names it";
  EXPECT_EQ(scene->frames, 10);
  ASSERT_EQ(scene->vary.size(), 3u);
  EXPECT_EQ(scene->vary[1].key, "b");
  EXPECT_EQ(scene->vary[1].distribution.numbers[0].Evaluate([](auto&, auto*) { return false; }), 3);
}

TEST_F(SceneFile, UnknownKeysAreNamedWithTheNearestKnownOne) {
  EXPECT_THAT(
      Error("model = \"small.xml\"\nframs = 3\n"),
      AllOf(HasSubstr("scene.toml:2: frams: unknown key"), HasSubstr("did you mean \"frames\"?")));
  EXPECT_THAT(ErrorIn("vary", "\"ball.x\" = { unifrom = [0, 1] }"),
              HasSubstr("did you mean \"uniform\"?"));
  EXPECT_THAT(ErrorIn("[member]", "nmae = \"a\""), HasSubstr("did you mean \"name\"?"));
  EXPECT_THAT(ErrorIn("[event]", "when = { time = 1 }\ndelai = 2"),
              HasSubstr("did you mean \"delay\"?"));
}

TEST_F(SceneFile, ModelIsNeeded) {
  EXPECT_THAT(Error("frames = 3\n"), HasSubstr("model: is missing"));
  const auto scene = Load("model = \"nowhere.xml\"\n");
  EXPECT_THAT(ErrorOf([&] { Stage::Load(scene->model); }),
              HasSubstr("nowhere.xml: MuJoCo cannot load it"));
  folder_.Write("broken.xml", "<mujoco><worldbody><body>");
  EXPECT_THAT(ErrorOf([&] { Stage::Load(folder_ / "broken.xml"); }),
              HasSubstr("broken.xml: MuJoCo cannot load it"));
}

TEST_F(SceneFile, WhatIsNoTomlIsNamedByLine) {
  EXPECT_THAT(Error("model = \"small.xml\"\nframes = = 3\n"), HasSubstr("scene.toml:2:"));
  EXPECT_THAT(ErrorOf([&] { LoadScene(folder_ / "none.toml"); }),
              HasSubstr("none.toml: no such file"));
  EXPECT_THAT(ErrorOf([&] { LoadScene(folder_.path().string()); }),
              HasSubstr("not a regular file"));
}

TEST_F(SceneFile, NumbersAreFiniteAndInRange) {
  for (const char* bad : {"nan", "inf", "-inf"}) {
    const std::string value = bad;
    EXPECT_THAT(ErrorIn("vary", "\"ball.x\" = " + value),
                AllOf(HasSubstr("scene.toml:3: vary.ball.x"), HasSubstr("finite")));
    EXPECT_THAT(ErrorIn("vary", "\"ball.x\" = { uniform = [0, " + value + "] }"),
                HasSubstr("finite"));
    EXPECT_THAT(ErrorIn("vary", "\"ball.x\" = { choice = [1, 2], weights = [1, " + value + "] }"),
                HasSubstr("finite"));
    EXPECT_THAT(Error("model = \"small.xml\"\nframe_hz = " + value + "\n"), HasSubstr("frame_hz"));
    EXPECT_THAT(Error("[[mixture]]\nscene = \"a.toml\"\nweight = " + value + "\n"),
                HasSubstr("weight"));
    EXPECT_THAT(ErrorIn("[event]", "when = { time = " + value + " }"), HasSubstr("finite"));
  }
  EXPECT_THAT(Error("frames = 1\n"), HasSubstr("frames: must be from 2 to 4096"));
  EXPECT_THAT(Error("frames = 1000000\n"), HasSubstr("frames: must be from 2 to 4096"));
  EXPECT_THAT(Error("frame_hz = 0\n"), HasSubstr("frame_hz: must be from 0.1 to 1000"));
  EXPECT_THAT(Error("age = [10, 6]\n"), HasSubstr("age: is two numbers of months"));
  EXPECT_THAT(Error("age = [1, 2, 3]\n"), HasSubstr("age: is two numbers of months"));
  EXPECT_THAT(Error("[colours]\nred = [1, 0]\n"),
              HasSubstr("colours.red: a colour is three numbers"));
  EXPECT_THAT(Error("[colours]\nred = [1, 0, 2]\n"),
              HasSubstr("colours.red: a colour is three numbers"));
  EXPECT_THAT(ErrorIn("[event]", "when = { time = 1 }\ndelay = -1"),
              HasSubstr("delay: must be from 0 to 4096"));
  EXPECT_THAT(Error("title = 3\n"), HasSubstr("title: expected a string"));
  EXPECT_THAT(Error("objects = [1]\n"), HasSubstr("objects"));
}

TEST_F(SceneFile, IncludesInACircleAreRefused) {
  folder_.Write("scene.toml", "include = [\"other.toml\"]\n");
  folder_.Write("other.toml", "include = [\"./scene.toml\"]\n");
  EXPECT_THAT(ErrorOf([&] { LoadScene(folder_ / "scene.toml"); }),
              HasSubstr("files include one another in a circle"));
  const std::string missing = Error("\ninclude = [\"missing.toml\"]\n");
  EXPECT_THAT(missing, HasSubstr("scene.toml:2: include: "));
  EXPECT_THAT(missing, HasSubstr("missing.toml: no such file"));
}

TEST_F(SceneFile, FactorsInACircleAreRefused) {
  EXPECT_THAT(Use("\"ball.x\" = \"other.x + 1\"\n\"other.x\" = \"ball.x - 1\""),
              AllOf(HasSubstr("scene.toml:"), HasSubstr("depends on itself in a circle")));
  EXPECT_THAT(Use("\"a\" = \"a + 1\""), HasSubstr("vary.a: depends on itself in a circle"));
  EXPECT_THAT(Use("\"a\" = { uniform = [0, \"b\"] }\n\"b\" = { normal = [\"a\", 1] }"),
              HasSubstr("in a circle"));
}

TEST_F(SceneFile, FactorsNameWhatIsOnTheStage) {
  EXPECT_THAT(Use("\"bal.x\" = 1"),
              AllOf(HasSubstr("scene.toml:"), HasSubstr("nothing is called 'bal' in"),
                    HasSubstr("did you mean \"ball\"?")));
  EXPECT_THAT(Use("\"ball.colr\" = \"red\""), HasSubstr("'colr'"));
  EXPECT_THAT(Use("\"ball.width\" = 1"), HasSubstr("'ball' has no factor 'width'"));
  EXPECT_THAT(Use("\"ball.rest\" = 1"), HasSubstr("'ball' has no factor 'rest'")) << "is derived";
  EXPECT_THAT(Use("\"ball.x\" = \"ball.q\""), HasSubstr("nothing is called 'ball.q'"));
  EXPECT_THAT(Use("\"ball.x\" = \"1 +\""),
              AllOf(HasSubstr("scene.toml:"), HasSubstr("ends too early")));
  EXPECT_THAT(Use("\"ball.colour\" = \"rad\""),
              HasSubstr("no colour is called 'rad' in [colours]; did you mean \"red\"?"));
  EXPECT_THAT(Use("\"ball.colour\" = { choice = [\"red\", \"grue\"] }"),
              HasSubstr("no colour is called 'grue'"));
  EXPECT_THAT(Use("\"ball.colour\" = 3"), HasSubstr("expected a word"));
  EXPECT_THAT(Use("\"ball.x\" = { choice = [\"red\"] }"), HasSubstr("expected numbers"));
  EXPECT_THAT(Use("\"thing.shape\" = \"sphre\""), HasSubstr("'thing' has no geom 'thing.sphre'"));
  EXPECT_THAT(Use("\"block.style\" = \"fade\""), HasSubstr("'fade' is not slide or rotate"));
}

TEST_F(SceneFile, DistributionsMakeSense) {
  EXPECT_THAT(Use("\"a\" = { uniform = [2, 1] }"),
              AllOf(HasSubstr("vary.a"), HasSubstr("upside down")));
  EXPECT_THAT(Use("\"b\" = 1\n\"a\" = { uniform = [\"b\", \"b - 1\"] }"), HasSubstr("upside down"));
  EXPECT_THAT(Use("\"a\" = { chance = 1.5 }"), HasSubstr("a chance is from 0 to 1"));
  EXPECT_THAT(Use("\"a\" = { uniform = [1] }"), HasSubstr("expected a list of 2 numbers"));
  EXPECT_THAT(Use("\"a\" = { uniform = 1 }"), HasSubstr("expected a list of 2 numbers"));
  EXPECT_THAT(Use("\"a\" = {}"), HasSubstr("exactly one of uniform, normal, chance, choice"));
  EXPECT_THAT(Use("\"a\" = { uniform = [0, 1], chance = 0.5 }"), HasSubstr("exactly one of"));
  EXPECT_THAT(Use("\"a\" = { choice = [] }"), HasSubstr("at least one value"));
  EXPECT_THAT(Use("\"a\" = { choice = [1, 2], weights = [1, -1] }"),
              HasSubstr("weights: may not be negative"));
  EXPECT_THAT(Use("\"a\" = { choice = [1, 2], weights = [1] }"),
              HasSubstr("as many as there are choices"));
  EXPECT_THAT(Use("\"a\" = { choice = [1, 2], weights = [0, 0] }"), HasSubstr("not all 0"));
  EXPECT_THAT(Use("\"a\" = { choice = [1], novel = [] }"),
              HasSubstr("novel: expected at least one value"));
  EXPECT_THAT(Use("\"a\" = { uniform = [0, 1], novel = [2] }"),
              HasSubstr("novel: expected a list of 2 numbers"));
  EXPECT_THAT(Use("\"a\" = { uniform = [0, 1], novel = { unifrm = [2, 3] } }"),
              HasSubstr("did you mean \"uniform\"?"));
  EXPECT_THAT(Use("\"a\" = 1979-05-27"), HasSubstr("dates and times"));
}

}  // namespace
}  // namespace peekaboo::sim
