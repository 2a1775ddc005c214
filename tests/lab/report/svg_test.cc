#include "lab/report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lab/report/chart.h"
#include "tests/lab/markup.h"

namespace peekaboo::lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<uint8_t> BytesOf(std::string_view text) { return {text.begin(), text.end()}; }

// No number of the picture is broken, every tag is closed, and nothing stands outside of it.
void ExpectSound(const std::string& svg) {
  EXPECT_EQ(MarkupError(svg), "");
  EXPECT_THAT(svg, Not(::testing::ContainsRegex("[^a-z](nan|inf)[^a-z]")));
  const double width = std::stod(Attributes(svg, "svg", "width").at(0));
  const double height = std::stod(Attributes(svg, "svg", "height").at(0));
  for (const char* tag : {"line", "rect", "text", "circle", "image"}) {
    for (const char* name : {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy"}) {
      const bool vertical = name[0] == 'y' || name[1] == 'y';
      for (const std::string& value : Attributes(svg, tag, name)) {
        EXPECT_GE(std::stod(value), 0) << tag << " " << name;
        EXPECT_LE(std::stod(value), vertical ? height : width) << tag << " " << name;
      }
    }
  }
}

// A number in text, to the hundredth of a pixel.
MATCHER_P(Near, value, "") { return std::abs(std::stod(arg) - value) < 0.02; }

TEST(SvgTextTest, EscapesAndFormats) {
  EXPECT_EQ(EscapeXml("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  EXPECT_EQ(EscapeXml(std::string("\x01z", 2)), "\xef\xbf\xbdz");
  EXPECT_EQ(FormatNumber(3.14159, 2), "3.14");
  EXPECT_EQ(FormatNumber(-0.001, 2), "0.00");
  EXPECT_EQ(FormatNumber(-1.5, 1), "−1.5");
  EXPECT_EQ(FormatNumber(kNan, 1), "–");
  EXPECT_EQ(FormatNumber(1e308, 0).size(), 309u);
}

TEST(Base64Test, Rfc4648) {
  EXPECT_EQ(Base64({}), "");
  EXPECT_EQ(Base64(BytesOf("f")), "Zg==");
  EXPECT_EQ(Base64(BytesOf("fo")), "Zm8=");
  EXPECT_EQ(Base64(BytesOf("foo")), "Zm9v");
  EXPECT_EQ(Base64(BytesOf("foobar")), "Zm9vYmFy");
  EXPECT_EQ(Base64(std::vector<uint8_t>{0xff, 0xfe, 0xfd}), "//79");
}

TEST(TickLabelTest, AsManyDecimalsAsTheDistanceNeeds) {
  EXPECT_EQ(TickLabel(20, std::vector<double>{0, 20, 40}), "20");
  EXPECT_EQ(TickLabel(0.02, std::vector<double>{0, 0.01, 0.02}), "0.02");
  EXPECT_EQ(TickLabel(2e-7, std::vector<double>{0, 1e-7, 2e-7}), "2e-07");
  EXPECT_EQ(TickLabel(5e9, std::vector<double>{0, 5e9, 1e10}), "5e+09");
}

TEST(SvgCanvasTest, PolylineBreaksAtGaps) {
  SvgCanvas canvas(100, 50, "a < b");
  canvas.Polyline(std::vector<Point>{{0, 1}, {1, 2}, {2, kNan}, {3, 4}, {4, 5}, {5, kNan}, {6, 7}},
                  Ink::kBlue);
  const std::string svg = canvas.Finish();
  EXPECT_THAT(svg, HasSubstr("d=\"M0 1 L1 2 M3 4 L4 5\""));
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"6\" cy=\"7\""));  // a lone point is a dot
  EXPECT_THAT(svg, HasSubstr("<title>a &lt; b</title>"));
  ExpectSound(svg);
}

TEST(BarChartTest, BarsStandInProportion) {
  BarChart chart;
  chart.title = "permanence";
  chart.y_label = "surprise";
  chart.legend = {"possible", "impossible"};
  chart.groups = {{"trained", "g 2.0", {{1.0, {0.9, 1.1}}, {2.0, {1.8, 2.2}}}},
                  {"pixel", "", {{1.0}, {kNan}}}};
  chart.reference = 1;
  const std::string svg = DrawBarChart(chart);
  ExpectSound(svg);
  // Legend keys are rectangles, too: 11 x 11. Of four bars one has no value and is left out.
  std::vector<double> heights;
  for (const std::string& height : Attributes(svg, "rect", "height")) {
    if (height != "11") heights.push_back(std::stod(height));
  }
  ASSERT_EQ(heights.size(), 3u);
  EXPECT_NEAR(heights[1], 2 * heights[0], 0.02);
  EXPECT_NEAR(heights[2], heights[0], 0.02);
}

TEST(BarChartTest, SurvivesNothingAndNonsense) {
  ExpectSound(DrawBarChart({}));
  BarChart chart;
  chart.title = "<&\"' and a very long title that nobody should write but somebody will";
  chart.legend = {"a", "b"};
  chart.groups = {{"x", "", {{kNan}, {kInfinity}}}, {"y", "", {{-3.0, {-4, -2}}, {1e300}}}};
  ExpectSound(DrawBarChart(chart));
}

TEST(LineChartTest, DrawsSeriesAndGaps) {
  LineChart chart;
  chart.title = "loss";
  chart.x_label = "step";
  chart.series = {{"train", {{0, 1}, {10, 0.5}, {20, 0.2}}, false},
                  {"held out", {{0, 1.1}, {10, kNan}, {20, 0.3}}, true}};
  const std::string svg = DrawLineChart(chart);
  ExpectSound(svg);
  EXPECT_THAT(svg, HasSubstr("held out"));
  EXPECT_THAT(svg, HasSubstr("stroke-dasharray"));
}

TEST(LineChartTest, SurvivesNothingAndNonsense) {
  EXPECT_THAT(DrawLineChart({}), HasSubstr("no data"));
  LineChart chart;
  chart.series = {{"flat", {{5, 2}, {6, 2}}, false}};
  ExpectSound(DrawLineChart(chart));
  chart.series = {{"one", {{5, 0}}, false}};
  ExpectSound(DrawLineChart(chart));
  chart.series = {{"broken", {{kNan, kNan}, {kInfinity, 1}}, false}};
  EXPECT_THAT(DrawLineChart(chart), HasSubstr("no data"));
}

TEST(FilmChartTest, FramesAndCurveShareTheAxis) {
  FilmChart chart;
  chart.title = "impossible";
  chart.png = BytesOf("png");
  chart.tiles = 10;
  chart.frame_step = 2;
  chart.event_frame = 8;
  chart.event_label = "violation";
  chart.curves = {{"trained", std::vector<double>(20, 1.0), Ink::kBlue, false}};
  chart.curves[0].values[8] = 3;
  const std::string svg = DrawFilmChart(chart);
  ExpectSound(svg);
  EXPECT_THAT(svg, HasSubstr("data:image/png;base64,cG5n"));
  const double left = std::stod(Attributes(svg, "image", "x").at(0));
  const double tile = std::stod(Attributes(svg, "image", "width").at(0)) / 10;
  // Frame 8 is the fifth tile: its number stands in that tile's middle, the violation half a frame
  // (a quarter of a tile) before.
  const double middle = left + 4.5 * tile;
  EXPECT_THAT(Attributes(svg, "text", "x"), ::testing::Contains(Near(middle)));
  const auto lines = Attributes(svg, "line", "x1", "#d55e00");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], Near(middle - tile / 4));
}

TEST(FilmChartTest, SurvivesNothing) {
  ExpectSound(DrawFilmChart({}));
  FilmChart chart;
  chart.tiles = 3;
  chart.event_frame = 1000;
  chart.curves = {{"trained", {kNan, kNan}, Ink::kBlue, false}};
  ExpectSound(DrawFilmChart(chart));
}

}  // namespace
}  // namespace peekaboo::lab
