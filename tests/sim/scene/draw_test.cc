#include "sim/scene/draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// A scene on the small stage, to be drawn.
struct Drawn {
  explicit Drawn(const std::string& vary, const std::string& rest = "") {
    folder.Write("small.xml", kSmallStage);
    scene = LoadScene(folder.Write("scene.toml", SmallScene("ball", vary, rest)));
    stage = Stage::Load(scene->model);
    stage->Check(*scene);
  }
  Draw Take(const DrawId& id = {}, const Draw& overrides = {}) const {
    return DrawFactors(*stage, *scene, id, overrides);
  }
  double Number(const std::string& key, const DrawId& id = {}, const Draw& overrides = {}) const {
    return std::get<double>(Take(id, overrides).at(key));
  }

  TempFolder folder;
  std::shared_ptr<const Scene> scene;
  std::shared_ptr<const Stage> stage;
};

constexpr char kVary[] =
    "\"speed\" = { uniform = [0.5, 2], novel = [3, 4], dev_novel = [0.1, 0.2] }\n\"ball.vx\" = "
    "\"speed * 2\"\n"
    "\"ball.x\" = { normal = [1, 0.1] }\n\"ball.colour\" = { choice = [\"red\", \"blue\"] }\n";

TEST(Draw, TheSameIdGivesTheSameDraw) {
  const Drawn drawn(kVary);
  const DrawId id{Split::kSeen, 7, 12, 0};
  EXPECT_EQ(drawn.Take(id), drawn.Take(id));
  EXPECT_EQ(drawn.Take(id), Drawn(kVary).Take(id));
}

TEST(Draw, EachPartOfTheIdMatters) {
  const Drawn drawn(kVary);
  const double base = drawn.Number("speed", {Split::kSeen, 7, 12, 0});
  EXPECT_NE(drawn.Number("speed", {Split::kDev, 7, 12, 0}), base);
  EXPECT_NE(drawn.Number("speed", {Split::kSeen, 8, 12, 0}), base);
  EXPECT_NE(drawn.Number("speed", {Split::kSeen, 7, 13, 0}), base);
  EXPECT_NE(drawn.Number("speed", {Split::kSeen, 7, 12, 1}), base);
}

TEST(Draw, FilmsOfOneLayoutShareItsFactors) {
  const Drawn drawn(kVary, "[play]\nlayout = [\"speed\"]\nfilms = 5\n");
  EXPECT_EQ(drawn.scene->play.FilmsOfLayout(), 5);
  const auto number = [&](const char* key, uint64_t index) {
    return drawn.Number(key, {Split::kSeen, 7, index, 0});
  };
  EXPECT_EQ(number("speed", 5), number("speed", 9));
  EXPECT_NE(number("speed", 4), number("speed", 5));
  EXPECT_NE(number("ball.x", 5), number("ball.x", 9));
  EXPECT_EQ(Drawn(kVary).scene->play.FilmsOfLayout(), 1);
  EXPECT_EQ(Drawn(kVary, "[play]\nlayout = []\n").scene->play.FilmsOfLayout(), 0);
  EXPECT_THAT(ErrorOf([] { Drawn(kVary, "[play]\nlayout = [\"sped\"]\n"); }),
              HasSubstr("play.layout: 'sped' is not in [vary]; did you mean \"speed\""));
}

TEST(Draw, AddingAFactorLeavesTheOthersAlone) {
  const Drawn before(kVary);
  const Drawn after(std::string("\"first\" = { uniform = [0, 1] }\n") + kVary +
                    "\"last\" = { chance = 0.5 }\n");
  for (uint64_t index = 0; index < 20; ++index) {
    Draw longer = after.Take({Split::kSeen, 3, index, 0});
    longer.erase("first");
    longer.erase("last");
    EXPECT_EQ(longer, before.Take({Split::kSeen, 3, index, 0}));
  }
}

TEST(Draw, OrderInTheFileDoesNotMatter) {
  const Drawn one("\"a\" = { uniform = [\"b\", \"b + 1\"] }\n\"b\" = { uniform = [0, 1] }\n");
  const Drawn two("\"b\" = { uniform = [0, 1] }\n\"a\" = { uniform = [\"b\", \"b + 1\"] }\n");
  EXPECT_EQ(one.Take(), two.Take());
}

TEST(Draw, DistributionsAreWhatTheySay) {
  const Drawn drawn(
      "\"u\" = { uniform = [2, 4] }\n\"n\" = { normal = [5, 2] }\n\"p\" = { chance = 0.3 }\n"
      "\"c\" = { choice = [1, 2, 3], weights = [1, 0, 3] }\n\"k\" = 7\n\"t\" = true\n");
  double u = 0, n = 0, n2 = 0, p = 0, ones = 0;
  const int count = 2000;
  for (int i = 0; i < count; ++i) {
    const DrawId id{Split::kSeen, 1, static_cast<uint64_t>(i), 0};
    const Draw draw = drawn.Take(id);
    const auto value = [&](const char* key) { return std::get<double>(draw.at(key)); };
    EXPECT_GE(value("u"), 2);
    EXPECT_LT(value("u"), 4);
    u += value("u") / count;
    n += value("n") / count;
    n2 += value("n") * value("n") / count;
    p += value("p") / count;
    EXPECT_NE(value("c"), 2) << "weight 0";
    ones += (value("c") == 1) / static_cast<double>(count);
    EXPECT_EQ(value("k"), 7);
    EXPECT_EQ(value("t"), 1);
  }
  EXPECT_NEAR(u, 3, 0.06);
  EXPECT_NEAR(n, 5, 0.2);
  EXPECT_NEAR(std::sqrt(n2 - n * n), 2, 0.15);
  EXPECT_NEAR(p, 0.3, 0.05);
  EXPECT_NEAR(ones, 0.25, 0.05);
}

TEST(Draw, OverridesReachWhatDependsOnThem) {
  const Drawn drawn(kVary);
  const Draw plain = drawn.Take(), own = drawn.Take({}, {{"speed", 9.0}});
  EXPECT_EQ(std::get<double>(own.at("speed")), 9);
  EXPECT_EQ(std::get<double>(own.at("ball.vx")), 18);
  EXPECT_EQ(own.at("ball.x"), plain.at("ball.x"));
  EXPECT_EQ(own.at("ball.colour"), plain.at("ball.colour"));
}

TEST(Draw, OverridesMayBreakACircle) {
  const Drawn drawn("\"a\" = \"b\"\n\"b\" = \"a\"\n");
  EXPECT_EQ(drawn.Number("b", {}, {{"a", 4.0}}), 4);
}

TEST(Draw, DerivedQuantitiesFollow) {
  const Drawn drawn(
      "\"ball.scale\" = 2\n\"ball.z\" = \"block.top + ball.rest\"\n\"block.end\" = "
      "0.4\n\"block.width\" = 3\n"
      "\"block.z\" = 0.5\n\"block.height\" = { uniform = [0.2, 0.3] }\n\"left\" = "
      "\"block.left\"\n\"x\" = \"block.x\"\n");
  const Draw draw = drawn.Take();
  const double height = std::get<double>(draw.at("block.height"));
  EXPECT_DOUBLE_EQ(std::get<double>(draw.at("ball.z")), 0.5 + height + 0.2);
  EXPECT_DOUBLE_EQ(std::get<double>(draw.at("left")), 0.4 - 3);
  EXPECT_DOUBLE_EQ(std::get<double>(draw.at("x")), 0.4 - 1.5);
}

TEST(Draw, WhereItRestsDependsOnTheShape) {
  const Drawn drawn("\"thing.shape\" = \"box\"\n\"thing.z\" = \"thing.rest\"\n");
  EXPECT_DOUBLE_EQ(drawn.Number("thing.z"), 0.2);
  EXPECT_DOUBLE_EQ(drawn.Number("thing.z", {}, {{"thing.shape", std::string("sphere")}}), 0.1);
}

TEST(Draw, WhatIsNotDrawnComesFromTheModel) {
  const Drawn drawn("");
  const Draw draw = drawn.Take();
  const NameLookup lookup = LookupIn(*drawn.stage, draw);
  const auto value = [&](const char* name) {
    double number = std::nan("");
    EXPECT_TRUE(lookup(name, &number)) << name;
    return number;
  };
  EXPECT_EQ(value("block.width"), 1);
  EXPECT_DOUBLE_EQ(value("block.top"), -5 + 0.1);
  EXPECT_EQ(value("block.moves"), -1);
  EXPECT_EQ(value("ball.scale"), 1);
  EXPECT_DOUBLE_EQ(value("stage.gravity"), 9.81);
  EXPECT_EQ(value("lamp.z"), 3);
  EXPECT_EQ(value("audience.zoom"), 1);
  double number = 0;
  EXPECT_FALSE(lookup("ball.colour", &number)) << "a word";
  EXPECT_FALSE(lookup("nobody.x", &number));
  EXPECT_FALSE(lookup("loose", &number));
}

TEST(Draw, RangesOfASplitAreForItOnly) {
  const Drawn drawn(kVary);
  for (uint64_t index = 0; index < 50; ++index) {
    EXPECT_LT(drawn.Number("speed", {Split::kSeen, 1, index, 0}), 2);
    EXPECT_LT(drawn.Number("speed", {Split::kDev, 1, index, 0}), 2);
    EXPECT_GE(drawn.Number("speed", {Split::kNovel, 1, index, 0}), 3);
    EXPECT_LE(drawn.Number("speed", {Split::kDevNovel, 1, index, 0}), 0.2);
  }
}

TEST(Draw, MembersSeeTheSetsDrawAndWhatHappened) {
  const Drawn drawn(kVary,
                    "[[member]]\nname = \"a\"\n[[member]]\nname = \"b\"\n"
                    "set = { \"ball.x\" = \"ball.x + event.ball.x\", \"ball.colour\" = \"blue\", "
                    "\"mark\" = \"speed\" }\n");
  const Draw set = drawn.Take();
  const NameLookup happened = [](const std::string& name, double* value) {
    *value = 100;
    return name == "event.ball.x";
  };
  const Draw overrides =
      EvaluateOverrides(*drawn.stage, set, *drawn.scene->FindMember("b"), happened);
  EXPECT_EQ(overrides.size(), 3u);
  EXPECT_DOUBLE_EQ(std::get<double>(overrides.at("ball.x")),
                   std::get<double>(set.at("ball.x")) + 100);
  EXPECT_EQ(std::get<std::string>(overrides.at("ball.colour")), "blue");
  EXPECT_EQ(overrides.at("mark"), set.at("speed"));
}

TEST(Draw, MembersDoNotDraw) {
  const Drawn drawn("", "[[member]]\nname = \"a\"\nset = { \"ball.x\" = { uniform = [0, 1] } }\n");
  const auto nothing = [](const std::string&, double*) { return false; };
  EXPECT_THAT(ErrorOf([&] {
                EvaluateOverrides(*drawn.stage, drawn.Take(), drawn.scene->members[0], nothing);
              }),
              HasSubstr("it does not draw"));
}

TEST(Splits, HaveNames) {
  for (const Split split : kSplits) EXPECT_EQ(SplitFromName(SplitName(split)), split);
  EXPECT_THAT(ErrorOf([] { SplitFromName("train"); }),
              HasSubstr("'train' is not one of seen, novel, dev, dev_novel"));
}

}  // namespace
}  // namespace peekaboo::sim
