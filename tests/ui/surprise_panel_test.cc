#include "ui/panels/surprise_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "tests/ui/panel_fixture.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using testing::Contains;
using testing::Not;
using testing::StartsWith;

constexpr double kSeconds = 12;  // that it shows
constexpr int64_t kFrames = 32;  // of a film

class SurprisePanelTest : public PanelTest {
 protected:
  /// Where a moment is on the strip.
  ImVec2 Place(int64_t moment) const {
    const double period = view_.stage->period;
    const double newest =
        static_cast<double>(view_.mind->moments.back()->observation.moment) * period;
    const double low = std::max(newest, kSeconds) - kSeconds;
    const auto share = static_cast<float>((static_cast<double>(moment) * period - low) / kSeconds);
    const auto plot = backend_.Find("surprise/plot");
    return {plot.min.x + share * (plot.max.x - plot.min.x), (plot.min.y + plot.max.y) / 2};
  }
  /// Squares of alarms: the line that is not to be exceeded is drawn in dashes of their colour.
  static std::vector<Drawn::Shape> Alarms(const Drawn& drawn) {
    auto found = drawn.Shapes(DarkTheme().alarm, 4);
    std::erase_if(found, [](const auto& shape) { return shape.max.y - shape.min.y < 4; });
    return found;
  }

  SurprisePanel panel_;
};

TEST_F(SurprisePanelTest, AClickIntoTheStripGoesToThatMoment) {
  Draw(&panel_);
  for (const int64_t moment : {7, 23}) {
    Click(&panel_, Place(moment));
    EXPECT_EQ(TakePosted<command::Seek>().moment, moment) << "once, while the button is held";
  }
}

TEST_F(SurprisePanelTest, TheMouseOnAMomentIsTold) {
  std::optional<int64_t> hovered;
  view_.hover = [&](int64_t moment) { hovered = moment; };
  const ImU32 faint = Faded(DarkTheme().text, 0.35f);
  EXPECT_TRUE(Draw(&panel_).Shapes(faint).empty());
  EXPECT_FALSE(hovered.has_value());
  ImGui::GetIO().MousePos = Place(11);
  for (int i = 0; i < 2; ++i) Draw(&panel_);
  EXPECT_EQ(hovered, 11);
  view_.hovered = hovered;
  const auto lines = Draw(&panel_).Shapes(faint);
  ASSERT_EQ(lines.size(), 1);
  EXPECT_NEAR(lines[0].Middle().x, Place(11).x, 1);
  EXPECT_TRUE(posted_.empty());
}

TEST_F(SurprisePanelTest, ALineGoesThroughAllThatWasSurprising) {
  const Drawn drawn = Draw(&panel_);
  std::vector<int> runs = {0};  // a film begins without a surprise, which breaks the line
  for (const auto& moment : view_.mind->moments) {
    if (std::isfinite(moment->surprise)) {
      ++runs.back();
    } else if (runs.back() > 0) {
      runs.push_back(0);
    }
  }
  ASSERT_EQ(runs.size(), 2);
  std::vector<int> lines;
  for (const auto& shape : drawn.Shapes(DarkTheme().text)) {
    if (shape.corners > 4) lines.push_back(shape.corners / 2);  // two a point
  }
  EXPECT_EQ(lines, runs);
  EXPECT_THAT(drawn.texts(), Contains(StartsWith("looking time ")));
  EXPECT_THAT(drawn.texts(), Contains("surprise [of the usual]"));
  EXPECT_THAT(drawn.texts(), Contains("time [s]"));
}

TEST_F(SurprisePanelTest, HorizonsAreShownByTheirNames) {
  const ImU32 colour = DarkTheme().Series(0);
  const auto longest = [&](const Drawn& drawn) {
    int corners = 0;
    for (const auto& shape : drawn.Shapes(colour)) corners = std::max(corners, shape.corners);
    return corners;
  };
  const Drawn before = Draw(&panel_);
  const int shortest = view_.mind->version->model->config().horizons.front();
  const std::string name = "k = " + std::to_string(shortest);
  EXPECT_THAT(before.texts(), Contains("all"));
  EXPECT_THAT(before.texts(), Contains(name));
  EXPECT_EQ(longest(before), 0) << "what is hidden is faint in the legend, and nowhere else";
  Click(&panel_, "surprise/" + name);
  EXPECT_GE(longest(Draw(&panel_)), 40);
  EXPECT_TRUE(posted_.empty()) << "that is not a place in time";
}

TEST_F(SurprisePanelTest, WhatHappenedIsMarked) {
  const Theme& theme = DarkTheme();
  const Drawn before = Draw(&panel_);
  const auto beginnings = before.Shapes(theme.faint, 3);
  ASSERT_EQ(beginnings.size(), 2);
  EXPECT_NEAR(beginnings[0].Middle().x, Place(0).x, 1);
  EXPECT_NEAR(beginnings[1].Middle().x, Place(kFrames).x, 1);
  EXPECT_TRUE(before.Shapes(theme.alarm, 3).empty());
  ChangeMoment(9, [](agent::TimelineEntry* moment) {
    moment->observation.marks = {{agent::Mark::Kind::kViolation, "vanish car"}};
  });
  ChangeMoment(15, [](agent::TimelineEntry* moment) {
    moment->observation.marks = {{agent::Mark::Kind::kChange, "stage.gravity = 3"}};
  });
  const Drawn after = Draw(&panel_);
  EXPECT_EQ(after.Shapes(theme.faint, 3).size(), 2);
  const auto violations = after.Shapes(theme.alarm, 3), changes = after.Shapes(theme.accent, 3);
  ASSERT_EQ(violations.size(), 1);
  EXPECT_NEAR(violations[0].Middle().x, Place(9).x, 1);
  ASSERT_EQ(changes.size(), 1);
  EXPECT_NEAR(changes[0].Middle().x, Place(15).x, 1);
  // The mouse on a mark says what it was.
  ImGui::GetIO().MousePos = Place(9);
  for (int i = 0; i < 3; ++i) Draw(&panel_);
  EXPECT_THAT(Drawn().texts(), Contains("vanish car"));
}

TEST_F(SurprisePanelTest, AlarmsAreSquaresAndWords) {
  ChangeMind([](agent::MindSnapshot* mind) {
    for (auto& moment : mind->moments) {
      auto calm = std::make_shared<agent::TimelineEntry>(*moment);
      calm->alarm = false;
      moment = calm;
    }
  });
  const Drawn before = Draw(&panel_);
  EXPECT_TRUE(Alarms(before).empty());
  EXPECT_THAT(before.texts(), Not(Contains(StartsWith("surprised "))));
  const auto alarm = [](agent::TimelineEntry* moment) {
    moment->alarm = true;
    moment->surprise = 24.5;
    moment->concerned = "car";
  };
  ChangeMoment(20, alarm);
  ChangeMoment(view_.mind->moments.size() - 1, alarm);
  const Drawn after = Draw(&panel_);
  const auto squares = Alarms(after);
  ASSERT_EQ(squares.size(), 2);
  EXPECT_NEAR(squares[0].Middle().x, Place(20).x, 1);
  EXPECT_THAT(after.texts(), Contains("surprised 24.5 x by car"));
}

TEST_F(SurprisePanelTest, WhatPossibleFilmsHardlyExceedIsDashed) {
  auto dashes = Draw(&panel_).Shapes(DarkTheme().alarm, 4);
  std::erase_if(dashes, [](const auto& shape) { return shape.max.y - shape.min.y >= 4; });
  ASSERT_GE(dashes.size(), 10);
  const auto plot = backend_.Find("surprise/plot");
  EXPECT_NEAR(dashes.front().min.x, plot.min.x, 2);
  EXPECT_NEAR(dashes.back().max.x, plot.max.x, 10);
  for (const auto& dash : dashes) EXPECT_FLOAT_EQ(dash.Middle().y, dashes.front().Middle().y);
}

}  // namespace
}  // namespace peekaboo::ui
