// Scene files, continued: events, matched sets, mixtures, and the scenes that ship.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "tests/sim/scene_fixture.h"

namespace peekaboo::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SceneSet : public SceneFile {};

TEST_F(SceneSet, EventsAreMadeOfKnownWords) {
  EXPECT_THAT(Use("\"ball.colour\" = { choice = [\"red\"] }\n\"ball.vx\" = \"ball.colour\""),
              HasSubstr("'ball.colour' is a word"));
  const auto event = [&](const std::string& text) { return Use("", "[[event]]\n" + text); };
  EXPECT_THAT(event("when = { time = 1 }\ndo = { vanihs = \"ball\" }"),
              AllOf(HasSubstr("scene.toml:"),
                    HasSubstr("vanihs: is no intervention; did you mean \"vanish\"?")));
  EXPECT_THAT(event("when = { tim = 1 }"), HasSubstr("did you mean \"time\"?"));
  EXPECT_THAT(event("do = { vanish = \"ball\" }"), HasSubstr("when: missing table"));
  EXPECT_THAT(event("when = {}"), HasSubstr("exactly one of time, contact, crosses, hidden"));
  EXPECT_THAT(event("when = { time = 1, hidden = \"ball\" }"), HasSubstr("exactly one of"));
  EXPECT_THAT(event("when = { time = 1, body = \"ball\" }"), HasSubstr("body: unknown key"));
  EXPECT_THAT(event("when = { crosses = 1 }"), HasSubstr("body: missing"));
  EXPECT_THAT(event("when = { crosses = 1, body = \"ball\", axis = \"y\" }"),
              HasSubstr("axis: must be \"x\" or \"z\""));
  EXPECT_THAT(event("when = { contact = [\"ball\"] }"), HasSubstr("expected two bodies"));
  EXPECT_THAT(event("when = { contact = [\"ball\", \"wal\"] }"),
              HasSubstr("nothing is called 'wal'"));
  EXPECT_THAT(event("when = { contact = [\"ball\", \"lamp\"] }"),
              HasSubstr("'lamp' is nothing that could touch"));
  EXPECT_THAT(event("when = { crosses = 1, body = \"block\" }"),
              HasSubstr("'block' is not a body that moves"));
  EXPECT_THAT(event("when = { hidden = \"block\" }"),
              HasSubstr("'block' is not a body that moves"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { vanish = \"block\" }"),
              HasSubstr("'block' is not a body that moves"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { vanish = \"ball\", x = 1 }"),
              HasSubstr("x: unknown key"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { teleport = \"ball\", dy = 1 }"),
              HasSubstr("dy: unknown key"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { swap_colour = \"ball\" }"),
              HasSubstr("colour: missing"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { swap_colour = \"ball\", colour = \"rde\" }"),
              HasSubstr("did you mean \"red\"?"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { swap_shape = \"thing\", shape = \"cone\" }"),
              HasSubstr("has no geom 'thing.cone'"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { pass_through = [\"ball\", \"lamp\"] }"),
              HasSubstr("nothing that could touch"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { pass_through = \"ball\" }"),
              HasSubstr("pass_through"));
}

TEST_F(SceneSet, HiddenBodiesAreAmongObjects) {
  const std::string objects = "objects = [\"other\"]\n";
  folder_.Write("a.toml", objects + "model = \"small.xml\"\nhidden = \"ball\"\n");
  folder_.Write("b.toml",
                objects + "model = \"small.xml\"\n[[event]]\nwhen = { hidden = \"ball\" }\n");
  for (const char* file : {"a.toml", "b.toml"}) {
    const auto scene = LoadScene(folder_ / file);
    EXPECT_THAT(ErrorOf([&] { Stage::Load(scene->model)->Check(*scene); }),
                HasSubstr("'ball' is not among objects"));
  }
}

TEST_F(SceneSet, MembersHoldTogether) {
  const auto members = [&](const std::string& text) {
    return Error("model = \"small.xml\"\n" + text);
  };
  const std::string possible = "[[member]]\nname = \"a\"\n[[member]]\nname = \"b\"\n";
  const std::string event = "event = { when = { time = 1 } }\n";
  EXPECT_THAT(
      members(possible + "[[member]]\nname = \"c\"\nimpossible = true\nsplice = [\"a\", \"b\"]\n"),
      AllOf(HasSubstr("'c' is spliced"), HasSubstr("no key 'hidden'")));
  const auto hidden = [&](const std::string& text) {
    return members("hidden = \"ball\"\n" + possible + text);
  };
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nimpossible = true\n" + event), HasSubstr("'like'"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nimpossible = true\nlike = \"d\"\n" + event),
              HasSubstr("'like'"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nimpossible = true\nlike = \"c\"\n" + event),
              HasSubstr("must name a possible member"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nimpossible = true\nlike = \"a\"\n"),
              HasSubstr("neither an event nor a splice"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nlike = \"a\"\n"),
              HasSubstr("'like' is for impossible ones"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nsplice = [\"a\", \"b\"]\n"),
              HasSubstr("is spliced but not called impossible"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nimpossible = true\nsplice = [\"a\"]\n"),
              HasSubstr("fewer than two films"));
  EXPECT_THAT(hidden("[[member]]\nname = \"c\"\nimpossible = true\nsplice = [\"a\", \"x\"]\n"),
              HasSubstr("spliced of 'x'"));
  EXPECT_THAT(
      hidden("[[member]]\nname = \"c\"\nimpossible = true\nsplice = [\"a\", \"b\"]\n" + event),
      HasSubstr("no event and no set"));
  EXPECT_THAT(hidden("[[member]]\nname = \"a\"\n"), HasSubstr("two members are called 'a'"));
  EXPECT_THAT(hidden("[[member]]\nimpossible = true\n"), HasSubstr("name: missing"));
  EXPECT_THAT(Use("", "[[member]]\nname = \"a\"\nset = { \"bal.x\" = 1 }\n"),
              HasSubstr("nothing is called 'bal'"));
}

TEST_F(SceneSet, NamesInExpressionsAreKnownWhenItIsRead) {
  EXPECT_THAT(Use("\"ball.vx\" = \"2 * spee\"\n\"speed\" = 1"),
              AllOf(HasSubstr("nothing is called 'spee' in \"2 * spee\""),
                    HasSubstr("did you mean \"speed\"?")));
  EXPECT_THAT(Use("\"ball.vx\" = { uniform = [0, 1], novel = [\"bal.x\", 3] }"),
              AllOf(HasSubstr("'bal.x'"), HasSubstr("did you mean \"ball.x\"?")));
  EXPECT_THAT(Use("\"ball.vx\" = \"ball.colour\""), HasSubstr("'ball.colour' is a word"));
  const auto event = [&](const std::string& text) { return Use("", "[[event]]\n" + text); };
  EXPECT_THAT(event("when = { time = \"soon\" }"), HasSubstr("'soon'"));
  EXPECT_THAT(event("when = { contact = [\"ball\", \"floor\"], after = \"soon\" }"),
              HasSubstr("'soon'"));
  EXPECT_THAT(event("when = { time = 1 }\ndo = { teleport = \"ball\", x = \"ball.xx + 1\" }"),
              HasSubstr("did you mean \"ball.x\"?"));
  const auto measured = [&](const std::string& require, const std::string& member) {
    folder_.Write("r.toml", "require = [\"" + require + "\"]\n" +
                                SmallScene("ball", "", "[[member]]\nname = \"a\"\n" + member));
    const auto scene = LoadScene(folder_ / "r.toml");
    return ErrorOf([&] { Stage::Load(scene->model)->Check(*scene); });
  };
  EXPECT_EQ(measured("event.frame > 3 and event.ball.x < splice.last", ""), "no error");
  EXPECT_THAT(measured("event.fram > 3", ""), HasSubstr("did you mean \"event.frame\"?"));
  EXPECT_EQ(
      measured("1", "set = { \"own\" = \"event.frame\" }\nevent = { when = { time = \"own\" } }"),
      "no error");
  EXPECT_THAT(measured("1", "event = { when = { time = \"own\" } }"), HasSubstr("'own'"));
}

TEST_F(SceneSet, FramesLastAWholeNumberOfSteps) {
  const auto error = [&](const std::string& rate) {
    folder_.Write("rate.toml", "model = \"small.xml\"\nframe_hz = " + rate + "\n");
    const auto scene = LoadScene(folder_ / "rate.toml");
    return ErrorOf([&] { Stage::Load(scene->model)->Check(*scene); });
  };
  EXPECT_EQ(error("40"), "no error");
  EXPECT_THAT(error("30"), AllOf(HasSubstr("rate.toml: frame_hz"), HasSubstr("33.33")));
  EXPECT_THAT(error("999"), HasSubstr("frame_hz"));
}

TEST_F(SceneSet, AFingerprintTellsVersionsOfAnything) {
  folder_.Write("part.toml", "frames = 10\n");
  const std::string text = "model = \"small.xml\"\ninclude = [\"part.toml\"]\n";
  const auto first = Load(text)->fingerprint;
  EXPECT_EQ(Load(text)->fingerprint, first);
  EXPECT_NE(Load(text + "# more\n")->fingerprint, first);
  folder_.Write("part.toml", "frames = 11\n");
  EXPECT_NE(Load(text)->fingerprint, first);
  folder_.Write("part.toml", "frames = 10\n");
  folder_.Write("small.xml", std::string(kSmallStage) + "<!-- more -->");
  EXPECT_NE(Load(text)->fingerprint, first);
}

TEST_F(SceneSet, MixturesAreWeighted) {
  folder_.Write("a.toml", "model = \"small.xml\"\n");
  folder_.Write("b.toml", "model = \"small.xml\"\ntitle = \"b\"\n");
  folder_.Write(
      "inner.toml",
      "[[mixture]]\nscene = \"a.toml\"\nweight = 1\n[[mixture]]\nscene = \"b.toml\"\nweight = 3\n");
  folder_.Write("outer.toml",
                "[[mixture]]\nscene = \"inner.toml\"\nweight = 2\n[[mixture]]\nscene = "
                "\"b.toml\"\nweight = 2\n");
  const auto scenes = LoadMixture(folder_ / "outer.toml");
  ASSERT_EQ(scenes.size(), 3u);
  EXPECT_DOUBLE_EQ(scenes[0].second, 0.125);
  EXPECT_DOUBLE_EQ(scenes[1].second, 0.375);
  EXPECT_DOUBLE_EQ(scenes[2].second, 0.5);
  EXPECT_EQ(scenes[2].first->title, "b");
  const auto alone = LoadMixture(folder_ / "a.toml");
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].second, 1);
}

TEST_F(SceneSet, MixturesMakeSense) {
  folder_.Write("self.toml",
                "[[mixture]]\nscene = \"self.toml\"\nweight = 1\n[[mixture]]\nscene = "
                "\"self.toml\"\nweight = 1\n");
  EXPECT_THAT(ErrorOf([&] { LoadMixture(folder_ / "self.toml"); }),
              HasSubstr("mixtures name one another in a circle"));
  EXPECT_THAT(Error("[[mixture]]\nscene = \"a.toml\"\nweight = 0\n"),
              HasSubstr("weight: must be above 0"));
  EXPECT_THAT(Error("[[mixture]]\nscene = \"a.toml\"\nweight = -1\n"),
              HasSubstr("weight: must be above 0"));
  EXPECT_THAT(Error("[[mixture]]\nscene = \"a.toml\"\n"), HasSubstr("weight: missing"));
  EXPECT_THAT(Error("model = \"small.xml\"\n[[mixture]]\nscene = \"a.toml\"\nweight = 1\n"),
              HasSubstr("has no model of its own"));
  folder_.Write("lost.toml", "[[mixture]]\nscene = \"nowhere.toml\"\nweight = 1\n");
  EXPECT_THAT(ErrorOf([&] { LoadMixture(folder_ / "lost.toml"); }),
              HasSubstr("nowhere.toml: no such file"));
}

TEST_F(SceneSet, ScenesAreFoundByNameOrPath) {
  const std::string scenes = std::string(PEEKABOO_SOURCE_DIR) + "/scenes";
  EXPECT_EQ(FindScene("nursery"), scenes + "/nursery/nursery.toml");
  EXPECT_EQ(FindScene("voe/support/car"), scenes + "/voe/support/car.toml");
  EXPECT_EQ(FindScene("voe/support/car.toml"), scenes + "/voe/support/car.toml");
  folder_.Write("mine/own.toml", "");
  EXPECT_EQ(FindScene(folder_ / "mine/own.toml"), folder_ / "mine/own.toml");
  EXPECT_EQ(FindScene(folder_ / "mine/own"), folder_ / "mine/own.toml");
  ::setenv("PEEKABOO_SCENES", folder_.path().c_str(), 1);
  EXPECT_EQ(FindScene("mine/own"), folder_ / "mine/own.toml");
  folder_.Write("mine/good.toml",
                "title = \"t\"\ninclude = [\"" + scenes + "/stage/common.toml\"]\n");
  EXPECT_EQ(LoadScene(FindScene("mine/good"))->name, "mine/good");
  ::setenv("PEEKABOO_SCENES", "", 1);
  EXPECT_THAT(FindScene("nursery"), HasSubstr("nursery.toml"));
  EXPECT_EQ(LoadScene(FindScene("nursery"))->name, "nursery/nursery");
  ::unsetenv("PEEKABOO_SCENES");
  EXPECT_THAT(ErrorOf([&] { FindScene("nurserie"); }), HasSubstr("nurserie: no such scene"));
  EXPECT_EQ(LoadScene(FindScene("voe/support/car"))->name, "voe/support/car");
}

TEST_F(SceneSet, EveryWordIsDocumented) {
  const std::string docs = ReadBytes(std::string(PEEKABOO_SOURCE_DIR) + "/docs/scenes.md");
  const auto stage = Stage::Load(std::string(PEEKABOO_SOURCE_DIR) + "/scenes/stage/stage.xml");
  for (const Entity& entity : stage->entities()) {
    for (const Attribute& attribute : entity.attributes()) {
      EXPECT_THAT(docs, HasSubstr(std::string("`") + attribute.name + "`"));
    }
  }
  for (int kind = 0; kind <= static_cast<int>(Intervention::Kind::kRelease); ++kind) {
    EXPECT_THAT(docs, HasSubstr(std::string("{ ") +
                                InterventionName(static_cast<Intervention::Kind>(kind)) + " = "));
  }
}

TEST_F(SceneSet, EverySceneShippedIsGood) {
  int count = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(
           std::string(PEEKABOO_SOURCE_DIR) + "/scenes")) {
    if (file.path().extension() != ".toml" || file.path().filename() == "common.toml") continue;
    for (const auto& [scene, weight] : LoadMixture(file.path().string())) {
      const auto stage = Stage::Load(scene->model);
      stage->Check(*scene);
      for (const Split split : kSplits) DrawFactors(*stage, *scene, {split, 1, 0, 0});
      ++count;
    }
  }
  EXPECT_GT(count, 20);
}

}  // namespace
}  // namespace peekaboo::sim
