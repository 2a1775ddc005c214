// When events happen, and that a world can be put back.

#include "sim/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using States = std::vector<std::vector<double>>;

/// The state in every frame.
States Film(SmallWorld* w, int frames = 50) {
  States states = {w->State()};
  for (int t = 1; t < frames; ++t) {
    w->Step(1);
    states.push_back(w->State());
  }
  return states;
}

/// Films with and without the event, and asserts that they are the same bits until it happens and
/// differ in the frame in which it does. Returns that frame.
int HappensIn(const std::string& present, const std::string& vary, const std::string& event) {
  SmallWorld with(SmallScene(present, vary, "[[event]]\n" + event));
  SmallWorld without(SmallScene(present, vary));
  const States a = Film(&with), b = Film(&without);
  EXPECT_EQ(with.world.event_frames().size(), 1u);
  const int frame = with.world.event_frames()[0];
  const int until = frame < 0 ? 50 : frame;
  for (int t = 0; t < until; ++t) EXPECT_EQ(a[t], b[t]) << "frame " << t << " before the event";
  if (frame >= 0) {
    EXPECT_NE(a[frame], b[frame]) << "the frame of the event";
  }
  return frame;
}

constexpr char kRolls[] = "\"stage.gravity\" = 0\n\"ball.z\" = 2\n\"ball.vx\" = 1\n\"ball.x\" = 0";
constexpr char kFalls[] = "\"ball.z\" = 2.0\n\"block.z\" = 0.5\n\"block.height\" = 0.2";

TEST(Events, AtATime) {
  EXPECT_EQ(HappensIn("ball", kRolls, "when = { time = 0.3 }\ndo = { stop = \"ball\" }"), 15);
  EXPECT_EQ(HappensIn("ball", kRolls, "when = { time = 0.301 }\ndo = { stop = \"ball\" }"), 16);
  EXPECT_EQ(HappensIn("ball", kRolls, "when = { time = 0 }\ndo = { stop = \"ball\" }"), 1);
  EXPECT_EQ(HappensIn("ball", kRolls, "when = { time = 99 }\ndo = { stop = \"ball\" }"), -1);
}

TEST(Events, TimeMayBeAnExpression) {
  EXPECT_EQ(HappensIn("ball", std::string(kRolls) + "\n\"when\" = { uniform = [0.29, 0.3] }",
                      "when = { time = \"when + 0.1\" }\ndo = { stop = \"ball\" }"),
            20);
}

TEST(Events, WhenABodyCrosses) {
  // After frame 15 it is at 0.3, after frame 16 at 0.32.
  EXPECT_EQ(HappensIn("ball", kRolls,
                      "when = { crosses = 0.31, body = \"ball\" }\ndo = { reverse = \"ball\" }"),
            16);
  EXPECT_EQ(
      HappensIn("ball", "\"stage.gravity\" = 0\n\"ball.x\" = 1\n\"ball.z\" = 2\n\"ball.vx\" = -1",
                "when = { crosses = 0.69, body = \"ball\" }\ndo = { reverse = \"ball\" }"),
      16)
      << "from the other side";
  // 2 - g t^2 / 2 passes 1.5 at 0.319 s.
  EXPECT_EQ(
      HappensIn(
          "ball", kFalls,
          "when = { crosses = 1.5, body = \"ball\", axis = \"z\" }\ndo = { freeze = \"ball\" }"),
      16);
}

TEST(Events, WhatCrossesNeverGetsThere) {
  SmallWorld w(SmallScene(
      "ball", kRolls,
      "[[event]]\nwhen = { crosses = 0.31, body = \"ball\" }\ndo = { reverse = \"ball\" }"));
  w.Step(15);
  EXPECT_NEAR(w.Read("ball").x, 0.30, 1e-9);
  w.Step(1);
  EXPECT_NEAR(w.Read("ball").x, 0.28, 1e-9) << "it turned at the beginning of the frame";
}

TEST(Events, AtContactBeforeItIsFelt) {
  // Touches at z = 0.8: sqrt(2 * 1.2 / g) = 0.495 s, in frame 25.
  const std::string event =
      "when = { contact = [\"ball\", \"block\"] }\ndo = { pass_through = [\"ball\", \"block\"] }";
  EXPECT_EQ(HappensIn("ball block", kFalls, event), 25);
  SmallWorld w(SmallScene("ball block", kFalls, "[[event]]\n" + event));
  w.Step(25);
  EXPECT_NEAR(w.Read("ball").vz, -9.81 * 0.5, 1e-9) << "nothing slowed it, not even in this frame";
}

TEST(Events, AfterAGivenTimeOnly) {
  const std::string swings = "\"ball.z\" = 0.4\n\"stage.damping_ratio\" = 0.3";
  const int first = HappensIn(
      "ball", swings, "when = { contact = [\"ball\", \"floor\"] }\ndo = { freeze = \"ball\" }");
  const int later = HappensIn(
      "ball", swings,
      "when = { contact = [\"ball\", \"floor\"], after = 0.5 }\ndo = { freeze = \"ball\" }");
  EXPECT_LT(first, 15);
  EXPECT_GE(later, 25);
}

TEST(Events, DelayedByFrames) {
  EXPECT_EQ(HappensIn("ball", kRolls, "when = { time = 0.3 }\ndelay = 4\ndo = { stop = \"ball\" }"),
            19);
  EXPECT_EQ(
      HappensIn("ball", kRolls,
                "when = { crosses = 0.31, body = \"ball\" }\ndelay = 4\ndo = { stop = \"ball\" }"),
      20);
}

TEST(Events, WhenHiddenAfterBeingSeen) {
  SmallWorld w(SmallScene("ball", kRolls,
                          "[[event]]\nwhen = { hidden = \"ball\" }\ndo = { stop = \"ball\" }"));
  EXPECT_TRUE(w.world.NeedsVisibility());
  const int pixels[] = {0, 40, 0, 35, 12, 0, 0, 50};
  for (const int count : pixels) {
    w.Step(1);
    w.world.NoteSight("ball", {.pixels = count});
  }
  // Hidden in frame 3 after being seen once, in frame 6 after being seen thrice.
  EXPECT_THAT(w.world.event_frames(), ElementsAre(7));
  EXPECT_FALSE(w.world.NeedsVisibility());
}

TEST(Events, HappenOnce) {
  SmallWorld w(SmallScene(
      "ball", "\"ball.z\" = 0.4\n\"stage.damping_ratio\" = 0.2",
      "[[event]]\nwhen = { contact = [\"ball\", \"floor\"] }\ndo = { push = \"ball\", vx = 1 }\n"
      "[[event]]\nwhen = { time = 0.6 }\ndo = { push = \"ball\", vx = 0.25 }"));
  w.Step(49);
  EXPECT_NEAR(w.Read("ball").vx, 0.25, 1e-3) << "bounces after 0.6 s push no more";
  EXPECT_EQ(w.world.event_frames()[1], 30);
}

TEST(Events, AMarkChangesNothing) {
  const std::string event =
      "[[event]]\nwhen = { contact = [\"ball\", \"block\"] }\n[[event]]\nwhen = { crosses = 1.2, "
      "body = \"ball\", axis = \"z\" }";
  SmallWorld with(SmallScene("ball block", kFalls, event)),
      without(SmallScene("ball block", kFalls));
  EXPECT_EQ(Film(&with), Film(&without));
  EXPECT_THAT(with.world.event_frames(), ElementsAre(25, 21));
}

TEST(Events, WhatAnotherEventBringsAboutHappensInTheSameFrame) {
  // Pushed at 0.31 it passes 0.4 in the same frame.
  SmallWorld w(SmallScene(
      "ball", kRolls,
      "[[event]]\nwhen = { crosses = 0.31, body = \"ball\" }\ndo = { push = \"ball\", vx = 10 }\n"
      "[[event]]\nwhen = { crosses = 0.4, body = \"ball\" }\ndo = { stop = \"ball\" }"));
  w.Step(20);
  EXPECT_THAT(w.world.event_frames(), ElementsAre(16, 16));
  EXPECT_NEAR(w.Read("ball").vx, 0, 1e-9);
}

TEST(Events, WhatAnotherEventPreventsDoesNotHappen) {
  // It turns back at 0.31 and never gets to 0.315.
  SmallWorld w(SmallScene(
      "ball", kRolls,
      "[[event]]\nwhen = { crosses = 0.31, body = \"ball\" }\ndo = { reverse = \"ball\" }\n"
      "[[event]]\nwhen = { crosses = 0.315, body = \"ball\" }\ndo = { vanish = \"ball\" }\n"
      "[[event]]\nwhen = { crosses = 0.315, body = \"ball\" }\ndelay = 3\n"
      "do = { vanish = \"ball\" }"));
  w.Step(49);
  EXPECT_THAT(w.world.event_frames(), ElementsAre(16, -1, -1));
}

TEST(Events, OfTheSceneComeBeforeThoseOfTheMember) {
  SmallWorld w(SmallScene("ball", kRolls,
                          "[[event]]\nwhen = { time = 0.2 }\n[[member]]\nname = \"a\"\nevent = { "
                          "when = { time = 0.1 } }"));
  w.world.Reset(*w.scene, w.draw, w.scene->members[0].events);
  w.Step(20);
  EXPECT_THAT(w.world.event_frames(), ElementsAre(10, 5));
}

TEST(World, SameDrawSameBits) {
  const std::string toml = SmallScene("ball other box block",
                                      "\"ball.vx\" = 2\n\"ball.x\" = -1\n\"ball.z\" = "
                                      "0.3\n\"other.z\" = 0.1\n\"box.z\" = 2\n\"box.x\" = 0.2");
  SmallWorld one(toml), two(toml);
  const States first = Film(&one);
  EXPECT_EQ(Film(&two), first);
  one.world.Reset(*one.scene, one.draw, {});
  EXPECT_EQ(Film(&one), first) << "after a reset";
}

TEST(World, ResetForgetsEverything) {
  SmallWorld used(SmallScene(
      "ball thing", "\"ball.z\" = 2\n\"thing.z\" = 1\n\"thing.x\" = 1",
      "[[event]]\nwhen = { time = 0.1 }\ndo = [{ freeze = \"ball\" }, { swap_shape = \"thing\", "
      "shape = \"box\" }, "
      "{ swap_colour = \"thing\", colour = \"red\" }, { pass_through = [\"thing\", \"floor\"] }]"));
  used.Step(40);
  const auto plain = LoadScene(used.folder.Write(
      "plain.toml", SmallScene("ball thing", "\"ball.z\" = 2\n\"thing.z\" = 1\n\"thing.x\" = 1")));
  used.world.Reset(*plain, used.draw, {});
  World fresh(used.stage);
  fresh.Reset(*plain, used.draw, {});
  for (int t = 0; t < 40; ++t) {
    used.world.StepFrame();
    fresh.StepFrame();
  }
  const mjModel* m = fresh.model();
  EXPECT_EQ(used.State(), std::vector<double>([&] {
              std::vector<double> s(fresh.data()->qpos, fresh.data()->qpos + m->nq);
              s.insert(s.end(), fresh.data()->qvel, fresh.data()->qvel + m->nv);
              return s;
            }()));
  EXPECT_EQ(std::vector<float>(used.world.model()->geom_rgba,
                               used.world.model()->geom_rgba + 4 * m->ngeom),
            std::vector<float>(m->geom_rgba, m->geom_rgba + 4 * m->ngeom));
}

TEST(World, RestoredItGoesOnTheSame) {
  const std::string toml = SmallScene(
      "ball other thing block",
      "\"ball.z\" = 2\n\"block.z\" = 0.5\n\"block.moves\" = 0.4\n\"block.move_dx\" = "
      "1\n\"other.z\" = 3\n\"other.x\" = 0.1\n\"thing.x\" = 2\n\"thing.z\" = 1",
      "[[event]]\nwhen = { time = 0.2 }\ndo = [{ freeze = \"ball\" }, { gravity = \"other\", scale "
      "= 0.3 }]\n"
      "[[event]]\nwhen = { time = 0.5 }\ndelay = 3\ndo = { release = \"ball\" }\n"
      "[[event]]\nwhen = { contact = [\"ball\", \"floor\"] }\ndo = { vanish = \"other\" }\n"
      "[[event]]\nwhen = { time = 0.3 }\ndo = { swap_shape = \"thing\", shape = \"box\" }");
  for (const int at : {0, 5, 12, 26, 40}) {
    SmallWorld w(toml);
    w.Step(at);
    const WorldState state = w.world.Save();
    const auto events = w.world.event_frames();
    const States first = Film(&w, 60 - at);
    const auto happened = w.world.event_frames();
    w.world.Restore(state);
    EXPECT_EQ(w.world.frame(), at);
    EXPECT_EQ(w.world.event_frames(), events);
    EXPECT_EQ(Film(&w, 60 - at), first) << "saved after frame " << at;
    EXPECT_EQ(w.world.event_frames(), happened);
  }
}

TEST(World, RestoreBringsBackWhatIsSeen) {
  SmallWorld w(SmallScene("ball thing", "\"thing.x\" = 1",
                          "[[event]]\nwhen = { time = 0.1 }\ndo = [{ vanish = \"ball\" }, { "
                          "swap_shape = \"thing\", shape = \"box\" }]"));
  const auto colours = [&] {
    return std::vector<float>(w.world.model()->geom_rgba,
                              w.world.model()->geom_rgba + 4 * w.world.model()->ngeom);
  };
  const WorldState state = w.world.Save();
  const auto before = colours();
  w.Step(10);
  EXPECT_NE(colours(), before);
  EXPECT_FALSE(w.Read("ball").present);
  w.world.Restore(state);
  EXPECT_EQ(colours(), before);
  EXPECT_TRUE(w.Read("ball").present);
}

TEST(World, FixturesFollowTheirScript) {
  SmallWorld w(
      SmallScene("block",
                 "\"block.z\" = 0.2\n\"block.height\" = 0.4\n\"block.x\" = 0.5\n\"block.moves\" = "
                 "0.2\n\"block.move_for\" = 0.2\n\"block.move_dx\" = 1\n\"block.move_dz\" = 0.5"));
  const auto at = [&] {
    const mjtNum* p = w.world.data()->mocap_pos + 3 * w.stage->Require("block", "").mocap;
    return std::pair(p[0], p[2]);
  };
  EXPECT_EQ(at(), std::pair(0.5, 0.4));
  w.Step(10);
  EXPECT_NEAR(at().first, 0.5, 1e-9);
  w.Step(5);
  EXPECT_NEAR(at().first, 1.0, 1e-9);
  EXPECT_NEAR(at().second, 0.65, 1e-9);
  w.Step(10);
  EXPECT_NEAR(at().first, 1.5, 1e-9);
  EXPECT_NEAR(at().second, 0.9, 1e-9);
}

TEST(World, RestsOnPartsOfParts) {
  std::string mjcf = kSmallStage;
  mjcf.insert(mjcf.find("<geom type=\"box\" size=\"0.1 0.1 0.1\""),
              "<body pos=\"0 0 -0.2\" euler=\"0 90 0\"><body pos=\"0.3 0 0\">"
              "<geom type=\"sphere\" size=\"0.1\" pos=\"0.1 0 0\" mass=\"0.1\"/></body></body>");
  SmallWorld w(SmallScene("box", "\"box.z\" = \"box.rest\""), {}, mjcf);
  EXPECT_NEAR(w.Read("box").z, 0.2 + 0.3 + 0.1 + 0.1, 1e-9);
}

TEST(World, ScreensRiseAndFall) {
  SmallWorld w(SmallScene("block",
                          "\"block.z\" = 0\n\"block.height\" = 0.4\n\"block.rise\" = "
                          "0.2\n\"block.rise_for\" = 0.1\n\"block.fall\" = 0.6"));
  const Entity& block = w.stage->Require("block", "");
  const auto top = [&] { return w.world.data()->mocap_pos[3 * block.mocap + 2] + 0.2; };
  const auto alpha = [&] { return w.world.model()->geom_rgba[4 * block.geoms[0] + 3]; };
  EXPECT_NEAR(top(), 0, 1e-9);
  EXPECT_EQ(alpha(), 0);
  w.Step(10);
  EXPECT_NEAR(top(), 0, 1e-9);
  w.Step(5);
  EXPECT_NEAR(top(), 0.4, 1e-9);
  EXPECT_EQ(alpha(), 1);
  w.Step(15);
  EXPECT_NEAR(top(), 0.4, 1e-9);
  w.Step(5);
  EXPECT_NEAR(top(), 0, 1e-9);
  EXPECT_EQ(alpha(), 0);
}

TEST(World, WhatIsNotDrawnStaysAsTheModelHasIt) {
  std::string mjcf = kSmallStage;
  const std::string joint = "<body name=\"ball\">\n      <joint type=\"slide\" axis=\"1 0 0\"";
  const auto at = mjcf.find(joint);
  ASSERT_NE(at, std::string::npos);
  mjcf.insert(at + joint.size(), " damping=\"2\"");
  const auto lamp = mjcf.find("castshadow");
  mjcf.insert(lamp, "diffuse=\"0.1 0.2 0.3\" ");
  SmallWorld w(SmallScene("ball", kRolls), {}, mjcf);
  const mjModel* m = w.world.model();
  EXPECT_EQ(m->dof_damping[m->jnt_dofadr[w.stage->Require("ball", "test").x]], 2);
  EXPECT_FLOAT_EQ(m->light_diffuse[1], 0.2f);
  EXPECT_NEAR(m->light_dir[2], -1 / std::sqrt(1.09), 1e-6);
  EXPECT_FLOAT_EQ(m->vis.headlight.ambient[0], w.stage->model()->vis.headlight.ambient[0]);
  double value = 0;
  EXPECT_TRUE(LookupIn(*w.stage, w.draw)("ball.drag", &value));
  EXPECT_EQ(value, 2);
  EXPECT_TRUE(LookupIn(*w.stage, w.draw)("floor.damping_ratio", &value));
  EXPECT_EQ(value, 1);
}

TEST(World, FixturesAreOneBox) {
  const auto kind = [](const std::string& inside, const std::string& pose = "") {
    std::string mjcf = kSmallStage;
    mjcf.insert(mjcf.find("<body name=\"ball\">"),
                "<body name=\"target\" mocap=\"true\" " + pose + ">" + inside + "</body>\n    ");
    return SmallWorld(SmallScene("ball", ""), {}, mjcf).stage->Require("target", "").kind;
  };
  const std::string box = "<geom type=\"box\" size=\"0.1 0.1 0.1\"/>";
  EXPECT_EQ(kind(box), Entity::Kind::kFixture);
  EXPECT_EQ(kind(box, "euler=\"0 20 0\""), Entity::Kind::kFixture);
  EXPECT_EQ(kind(box, "euler=\"20 0 0\""), Entity::Kind::kMechanism);
  EXPECT_EQ(kind(box + box), Entity::Kind::kMechanism);
  EXPECT_EQ(kind("<site size=\"0.1\"/>"), Entity::Kind::kMechanism);
  EXPECT_EQ(kind("<geom type=\"sphere\" size=\"0.1\"/>"), Entity::Kind::kMechanism);
}

TEST(World, AFixtureStandsAsItsModelHasIt) {
  std::string mjcf = kSmallStage;
  mjcf.insert(
      mjcf.find("<body name=\"ball\">"),
      "<body name=\"plank\" mocap=\"true\" pos=\"1 2 3\" euler=\"0 -70 0\"><geom type=\"box\" "
      "size=\"0.1 0.2 0.3\"/></body>\n    ");
  const SmallWorld w(SmallScene("ball", ""), {}, mjcf);
  const int body = w.stage->Require("plank", "").id;
  for (int k = 0; k < 3; ++k) EXPECT_NEAR(w.world.data()->xpos[3 * body + k], k + 1, 1e-12);
  for (int k = 0; k < 4; ++k)
    EXPECT_NEAR(w.world.data()->xquat[4 * body + k], w.stage->model()->body_quat[4 * body + k],
                1e-12);
}

TEST(World, WhatTurnsUpIsNotTilted) {
  EXPECT_THAT(
      ErrorOf([] {
        SmallWorld(SmallScene("block", "\"block.style\" = \"rotate\"\n\"block.angle\" = 0.1"));
      }),
      HasSubstr("angle must stay 0"));
}

TEST(World, SizesAreAboveZero) {
  EXPECT_THAT(ErrorOf([] { SmallWorld w(SmallScene("ball", "\"ball.scale\" = 0")); }),
              HasSubstr("scene.toml: ball.scale: must be above 0"));
  EXPECT_THAT(ErrorOf([] { SmallWorld w(SmallScene("block", "\"block.width\" = -1")); }),
              HasSubstr("not above 0"));
  EXPECT_THAT(ErrorOf([] { SmallWorld w(SmallScene("ball", "\"audience.zoom\" = 0")); }),
              HasSubstr("zoom: must be above 0"));
}

}  // namespace
}  // namespace peekaboo::sim
