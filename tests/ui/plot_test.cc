#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ui/drawn.h"
#include "tests/ui/null_backend.h"
#include "ui/plot/axis.h"
#include "ui/plot/strip_chart.h"

namespace peekaboo::ui {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(TickLabel, TellsNeighboursApart) {
  EXPECT_EQ(TickLabel(0.25, 0.05), "0.25");
  EXPECT_EQ(TickLabel(12, 2), "12");
  EXPECT_EQ(TickLabel(15000, 5000), "15k");
  EXPECT_EQ(TickLabel(2.5e6, 5e5), "2.5M");
  EXPECT_EQ(TickLabel(-0.5, 0.5), "-0.5");
}

constexpr ImU32 kColour = IM_COL32(1, 200, 3, 255), kOther = IM_COL32(200, 1, 3, 255);

Series Noise(int n) {
  Series series;
  series.colour = kColour;
  for (int i = 0; i < n; ++i) {
    series.x.push_back(i);
    series.y.push_back(std::sin(i * 0.7) * (i % 17));
  }
  return series;
}

TEST(Decimate, KeepsExtremesOfMany) {
  Series series = Noise(100000);
  series.y[54321] = 500;
  series.y[54322] = -500;
  const auto points = Decimate(series, 0, 99999, 400);
  EXPECT_LE(points.size(), 802);
  float least = 0, most = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    least = std::min(least, points[i].y);
    most = std::max(most, points[i].y);
    if (i > 0) {
      EXPECT_LE(points[i - 1].x, points[i].x);
    }
  }
  EXPECT_EQ(most, 500);
  EXPECT_EQ(least, -500);
}

TEST(Decimate, LeavesFewAsTheyAreAndGapsAsGaps) {
  Series series = Noise(10);
  series.y[4] = std::nan("");
  const auto points = Decimate(series, 0, 9, 100);
  ASSERT_EQ(points.size(), 10);
  EXPECT_TRUE(std::isnan(points[4].y));
  Series many = Noise(10000);
  for (int i = 4000; i < 6000; ++i) many.y[i] = std::nan("");
  bool gap = false;
  for (const ImVec2& point : Decimate(many, 0, 9999, 100)) gap = gap || std::isnan(point.y);
  EXPECT_TRUE(gap);
  EXPECT_THAT(Decimate(Series{}, 0, 1, 10), IsEmpty());
}

class ChartTest : public testing::Test {
 protected:
  ChartTest() { options_.x_high = 100; }
  Drawn Draw() {
    backend_.Frame([&] { Chart(); });
    return Drawn();
  }
  /// Its runs of points, two corners a point.
  static std::vector<int> Runs(const Drawn& drawn, ImU32 colour) {
    std::vector<int> runs;
    for (const auto& shape : drawn.Shapes(colour)) {
      if (shape.corners > 4) runs.push_back(shape.corners / 2);
    }
    return runs;
  }
  void Chart() {
    input_ = DrawChart("chart", {400, 200}, DarkTheme(), series_, options_);
    if (input_.clicked) clicked_ = input_.clicked;
  }
  NullBackend backend_;
  std::vector<Series> series_ = {Noise(50)};
  ChartOptions options_;
  ChartInput input_;
  std::optional<double> clicked_;
};

TEST_F(ChartTest, AClickSaysWhere) {
  Draw();
  EXPECT_FALSE(input_.hovered);
  backend_.Click("chart/plot", [&] { Chart(); });
  ASSERT_TRUE(clicked_);
  EXPECT_NEAR(*clicked_, 50, 0.5);
  ImGui::GetIO().MousePos = {backend_.Find("chart/plot").min.x + 1,
                             backend_.Middle("chart/plot").y};
  Draw();
  ASSERT_TRUE(input_.hovered);
  EXPECT_NEAR(*input_.hovered, 0, 0.5);
}

TEST_F(ChartTest, AClickOnANameHidesItsLine) {
  series_[0].name = "line";
  const Drawn before = Draw();
  EXPECT_THAT(before.texts(), Contains("line"));
  EXPECT_THAT(Runs(before, kColour), ElementsAre(50));
  backend_.Click("chart/line", [&] { Chart(); });
  EXPECT_FALSE(series_[0].shown);
  EXPECT_FALSE(clicked_) << "that is not a place in time";
  EXPECT_THAT(Runs(Draw(), kColour), IsEmpty());
}

TEST_F(ChartTest, DrawsWhatItIsAskedFor) {
  series_.push_back(Noise(20));
  series_[1].colour = kOther;
  series_[1].y[7] = std::nan("");
  options_.x_label = "time [s]";
  options_.y_label = "loss";
  const Drawn plain = Draw();
  EXPECT_THAT(Runs(plain, kColour), ElementsAre(50));
  EXPECT_THAT(Runs(plain, kOther), ElementsAre(7, 12)) << "broken by the NaN";
  for (const char* text : {"time [s]", "loss", "0", "50"})
    EXPECT_THAT(plain.texts(), Contains(text));
  const ImU32 mark = IM_COL32(9, 9, 200, 255), alarm = IM_COL32(9, 200, 200, 255);
  options_.marks = {{10, "one", mark}, {60, "two", mark}, {400, "out of sight", mark}};
  options_.alarms = {{30, "three", alarm}};
  options_.cursor = 40;
  const Drawn marked = Draw();
  const auto plot = backend_.Find("chart/plot");
  const auto x = [&](float value) { return plot.min.x + value / 100 * (plot.max.x - plot.min.x); };
  const auto marks = marked.Shapes(mark, 3), alarms = marked.Shapes(alarm, 4);
  ASSERT_EQ(marks.size(), 2);
  EXPECT_NEAR(marks[1].Middle().x, x(60), 1);
  ASSERT_EQ(alarms.size(), 1);
  EXPECT_NEAR(alarms[0].Middle().x, x(30), 1);
  EXPECT_NEAR(alarms[0].max.y, plot.max.y, 1);
  const auto cursor = marked.Shapes(Faded(DarkTheme().text, 0.8f));
  ASSERT_EQ(cursor.size(), 1);
  EXPECT_NEAR(cursor[0].Middle().x, x(40), 1);
  EXPECT_TRUE(marked.Shapes(DarkTheme().alarm).empty()) << "no threshold was asked for";
}

TEST_F(ChartTest, SurvivesStrangeNumbers) {
  series_[0].y[3] = std::numeric_limits<double>::infinity();
  series_[0].y[4] = std::nan("");
  series_.push_back({});
  options_.threshold = std::numeric_limits<double>::infinity();
  options_.logarithmic = true;
  options_.x_high = options_.x_low;
  const Drawn narrow = Draw();
  EXPECT_TRUE(narrow.finite());
  EXPECT_FALSE(narrow.texts().empty()) << "its ticks";
  options_.logarithmic = false;
  options_.x_high = 100;
  const Drawn wide = Draw();
  EXPECT_TRUE(wide.finite());
  EXPECT_THAT(Runs(wide, kColour), ElementsAre(4, 45)) << "the infinite one is a steep line";
  EXPECT_TRUE(wide.Shapes(DarkTheme().alarm).empty()) << "an infinite threshold is nowhere";
  series_.clear();
  const Drawn nothing = Draw();
  EXPECT_TRUE(nothing.finite());
  EXPECT_THAT(nothing.texts(), Contains("50")) << "axes without lines";
}

}  // namespace
}  // namespace peekaboo::ui
