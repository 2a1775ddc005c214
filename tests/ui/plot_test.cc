#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ui/null_backend.h"
#include "ui/plot/axis.h"
#include "ui/plot/strip_chart.h"

namespace peekaboo::ui {
namespace {

using testing::IsEmpty;

TEST(TickLabel, TellsNeighboursApart) {
  EXPECT_EQ(TickLabel(0.25, 0.05), "0.25");
  EXPECT_EQ(TickLabel(12, 2), "12");
  EXPECT_EQ(TickLabel(15000, 5000), "15k");
  EXPECT_EQ(TickLabel(2.5e6, 5e5), "2.5M");
  EXPECT_EQ(TickLabel(-0.5, 0.5), "-0.5");
}

Series Noise(int n) {
  Series series;
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

/// Of the frame that was drawn last.
void ExpectFiniteVertices() {
  const ImDrawData* drawn = ImGui::GetDrawData();
  ASSERT_NE(drawn, nullptr);
  ASSERT_GT(drawn->TotalVtxCount, 0);
  for (int list = 0; list < drawn->CmdListsCount; ++list) {
    for (const ImDrawVert& vertex : drawn->CmdLists[list]->VtxBuffer)
      ASSERT_TRUE(std::isfinite(vertex.pos.x) && std::isfinite(vertex.pos.y));
  }
}

class ChartTest : public testing::Test {
 protected:
  ChartTest() { options_.x_high = 100; }
  void Draw() {
    backend_.Frame([&] { Chart(); });
  }
  void Chart() {
    min_ = ImGui::GetCursorScreenPos();
    input_ = DrawChart("chart", {400, 200}, DarkTheme(), series_, options_);
    if (input_.clicked) clicked_ = input_.clicked;
  }
  NullBackend backend_;
  std::vector<Series> series_ = {Noise(50)};
  ChartOptions options_;
  ChartInput input_;
  std::optional<double> clicked_;
  ImVec2 min_ = {};
};

TEST_F(ChartTest, AClickSaysWhere) {
  Draw();
  EXPECT_FALSE(input_.hovered);
  // The plot lies between the labels on its left and the margin on its right.
  const float line = ImGui::GetFontSize();
  const float left = min_.x + 3.4f * line, right = min_.x + 400 - 0.6f * line;
  const ImVec2 middle = {(left + right) / 2, min_.y + 90};
  backend_.Click(middle, [&] { Chart(); });
  ASSERT_TRUE(clicked_);
  EXPECT_NEAR(*clicked_, 50, 0.5);
  ImGui::GetIO().MousePos = {left + 1, min_.y + 90};
  Draw();
  ASSERT_TRUE(input_.hovered);
  EXPECT_NEAR(*input_.hovered, 0, 0.5);
}

TEST_F(ChartTest, AClickOnANameHidesItsLine) {
  series_[0].name = "line";
  Draw();
  const float line = ImGui::GetFontSize();
  backend_.Click({min_.x + 4.6f * line, min_.y + 0.7f * line}, [&] { Chart(); });
  EXPECT_FALSE(series_[0].shown);
  EXPECT_FALSE(clicked_) << "that is not a place in time";
}

TEST_F(ChartTest, SurvivesStrangeNumbers) {
  series_[0].y[3] = std::numeric_limits<double>::infinity();
  series_[0].y[4] = std::nan("");
  series_.push_back({});
  options_.threshold = std::numeric_limits<double>::infinity();
  options_.logarithmic = true;
  options_.x_high = options_.x_low;
  Draw();
  ExpectFiniteVertices();
  options_.logarithmic = false;
  options_.x_high = 100;
  Draw();
  ExpectFiniteVertices();
  series_.clear();
  Draw();
  ExpectFiniteVertices();
}

}  // namespace
}  // namespace peekaboo::ui
