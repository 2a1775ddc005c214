#include "lab/report/chart.h"

#include <algorithm>
#include <cmath>

#include "base/axis_ticks.h"

namespace peekaboo::lab {
namespace {

constexpr double kTitleSize = 13;
constexpr double kTextSize = 11.5;
constexpr double kLineHeight = 16;

struct LegendEntry {
  std::string name;
  Ink ink = Ink::kBlue;
  bool line = false;
  bool dashed = false;
};

// Lays entries out from `left`, breaking lines at the right edge; returns the height it took.
// Without a canvas it only measures.
double DrawLegend(SvgCanvas* canvas, const std::vector<LegendEntry>& entries, double left,
                  double right, double top) {
  if (entries.empty()) return 0;
  constexpr double kKey = 18;
  constexpr double kGap = 14;
  double x = left;
  double y = top;
  for (const LegendEntry& entry : entries) {
    const double width = kKey + TextWidth(entry.name, kTextSize);
    if (x > left && x + width > right) {
      x = left;
      y += kLineHeight;
    }
    if (canvas != nullptr) {
      if (entry.line) {
        canvas->Line({x, y + 8}, {x + 13, y + 8}, entry.ink, 2.5, entry.dashed);
      } else {
        canvas->Rect({x, y + 3}, 11, 11, entry.ink);
      }
      canvas->Text({x + kKey, y + 12}, entry.name, {.size = kTextSize});
    }
    x += width + kGap;
  }
  return y + kLineHeight - top + 4;
}

// The frame of a chart: maps numbers to pixels, draws grid, ticks and labels.
struct Axes {
  double left = 0, right = 0, top = 0, bottom = 0;  // pixels
  double x_low = 0, x_high = 1;
  std::vector<double> y_ticks;

  double X(double x) const { return left + (x - x_low) / (x_high - x_low) * (right - left); }
  double Y(double y) const {
    return bottom - (y - y_ticks.front()) / (y_ticks.back() - y_ticks.front()) * (bottom - top);
  }

  void DrawY(SvgCanvas* canvas, const std::string& label) const {
    for (const double tick : y_ticks) {
      canvas->Line({left, Y(tick)}, {right, Y(tick)}, Ink::kGrid);
      canvas->Text({left - 6, Y(tick) + 4}, TickLabel(tick, y_ticks),
                   {.size = kTextSize, .anchor = Anchor::kEnd, .ink = Ink::kFaint});
    }
    canvas->Text(
        {12, (top + bottom) / 2}, label,
        {.size = kTextSize, .anchor = Anchor::kMiddle, .ink = Ink::kFaint, .degrees = -90});
  }

  void DrawX(SvgCanvas* canvas, const std::string& label, const std::vector<double>& ticks) const {
    canvas->Line({left, bottom}, {right, bottom}, Ink::kFaint);
    for (const double tick : ticks) {
      if (tick < x_low || tick > x_high) continue;
      canvas->Line({X(tick), bottom}, {X(tick), bottom + 4}, Ink::kFaint);
      canvas->Text({X(tick), bottom + 17}, TickLabel(tick, ticks),
                   {.size = kTextSize, .anchor = Anchor::kMiddle, .ink = Ink::kFaint});
    }
    canvas->Text({(left + right) / 2, bottom + 33}, label,
                 {.size = kTextSize, .anchor = Anchor::kMiddle, .ink = Ink::kFaint});
  }
};

// Room for the tick labels and the turned axis label.
double LeftMargin(const std::vector<double>& ticks) {
  double widest = 0;
  for (const double tick : ticks) {
    widest = std::max(widest, TextWidth(TickLabel(tick, ticks), kTextSize));
  }
  return widest + 28;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void Include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

std::vector<double> TicksOf(Range range, int count) {
  if (range.low == range.high) {
    const double margin = range.low == 0 ? 1 : std::abs(range.low) * 0.1;
    range.low -= margin;
    range.high += margin;
  }
  return AxisTicks(range.low, range.high, count, TickSpan::kCovering);
}

}  // namespace

std::string DrawBarChart(const BarChart& chart) {
  SvgCanvas canvas(chart.width, chart.height, chart.title);
  canvas.Text({0, 14}, chart.title, {.size = kTitleSize, .bold = true});
  std::vector<LegendEntry> legend;
  for (size_t i = 0; i < chart.legend.size(); ++i) {
    const Ink ink = i < chart.inks.size() ? chart.inks[i] : SeriesInk(static_cast<int>(i));
    legend.push_back({chart.legend[i], ink, false, false});
  }
  Range range;
  range.Include(0);
  range.Include(chart.reference);
  for (const auto& group : chart.groups) {
    for (const auto& bar : group.bars) {
      range.Include(bar.value);
      range.Include(bar.interval.low);
      range.Include(bar.interval.high);
    }
  }
  Axes axes;
  axes.y_ticks = TicksOf(range, 4);
  axes.left = LeftMargin(axes.y_ticks);
  axes.right = chart.width - 4;
  // The note above the bars needs a line of its own.
  axes.top = 22 + DrawLegend(&canvas, legend, axes.left, axes.right, 22) + kLineHeight;
  axes.bottom = chart.height - 24;
  axes.DrawY(&canvas, chart.y_label);

  const double slot = (axes.right - axes.left) / std::max<double>(1, chart.groups.size());
  const double zero = axes.Y(0);
  for (size_t g = 0; g < chart.groups.size(); ++g) {
    const BarChart::Group& group = chart.groups[g];
    const double middle = axes.left + (static_cast<double>(g) + 0.5) * slot;
    const double bars = static_cast<double>(std::max<size_t>(group.bars.size(), 1));
    const double bar_width = std::min(26.0, slot * 0.72 / bars);
    for (size_t b = 0; b < group.bars.size(); ++b) {
      const BarChart::Bar& bar = group.bars[b];
      if (!std::isfinite(bar.value)) continue;
      const Ink ink = b < legend.size() ? legend[b].ink : SeriesInk(static_cast<int>(b));
      const double x = middle + (static_cast<double>(b) - bars / 2) * bar_width;
      const double y = axes.Y(bar.value);
      canvas.Rect({x + 1, std::min(y, zero)}, bar_width - 2, std::abs(zero - y), ink);
      if (!std::isfinite(bar.interval.low) || !std::isfinite(bar.interval.high)) continue;
      const double centre = x + bar_width / 2;
      const double low = axes.Y(bar.interval.low);
      const double high = axes.Y(bar.interval.high);
      canvas.Line({centre, low}, {centre, high}, Ink::kText, 1.4);
      canvas.Line({centre - 3, low}, {centre + 3, low}, Ink::kText, 1.4);
      canvas.Line({centre - 3, high}, {centre + 3, high}, Ink::kText, 1.4);
    }
    const TextStyle small{.size = 11, .anchor = Anchor::kMiddle};
    canvas.Text({middle, axes.bottom + 16}, group.label, small);
    canvas.Text({middle, axes.top - 5}, group.note,
                {.size = 11, .anchor = Anchor::kMiddle, .ink = Ink::kFaint});
  }
  canvas.Line({axes.left, zero}, {axes.right, zero}, Ink::kFaint);
  if (std::isfinite(chart.reference)) {
    const double y = axes.Y(chart.reference);
    canvas.Line({axes.left, y}, {axes.right, y}, Ink::kText, 1, true);
  }
  return canvas.Finish();
}

std::string DrawLineChart(const LineChart& chart) {
  SvgCanvas canvas(chart.width, chart.height, chart.title);
  canvas.Text({0, 14}, chart.title, {.size = kTitleSize, .bold = true});
  Range xs;
  Range ys;
  std::vector<LegendEntry> legend;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const LineChart::Series& series = chart.series[i];
    legend.push_back({series.name, SeriesInk(static_cast<int>(i)), true, series.dashed});
    for (const Point& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      xs.Include(point.x);
      ys.Include(point.y);
    }
  }
  if (xs.empty()) {
    canvas.Text({chart.width / 2, chart.height / 2}, "no data",
                {.anchor = Anchor::kMiddle, .ink = Ink::kFaint});
    return canvas.Finish();
  }
  if (legend.size() == 1) legend.clear();  // the title names it
  Axes axes;
  axes.y_ticks = TicksOf(ys, 4);
  axes.left = LeftMargin(axes.y_ticks);
  axes.right = chart.width - 20;  // half a tick label stands beyond the last tick
  axes.top = 28 + DrawLegend(&canvas, legend, axes.left, axes.right, 22);
  axes.bottom = chart.height - 40;
  axes.x_low = xs.low;
  axes.x_high = xs.high > xs.low ? xs.high : xs.low + 1;
  axes.DrawY(&canvas, chart.y_label);
  axes.DrawX(&canvas, chart.x_label, AxisTicks(axes.x_low, axes.x_high, 4, TickSpan::kCovering));
  for (size_t i = 0; i < chart.series.size(); ++i) {
    std::vector<Point> points;
    for (const Point& point : chart.series[i].points) {
      points.push_back({axes.X(point.x), axes.Y(point.y)});
    }
    canvas.Polyline(points, SeriesInk(static_cast<int>(i)), 1.8, chart.series[i].dashed);
  }
  return canvas.Finish();
}

std::string DrawFilmChart(const FilmChart& chart) {
  constexpr double kCurveHeight = 84;
  constexpr double kLeft = 52;
  constexpr double kGap = 8;
  const double tile = (chart.width - kLeft - 4) / std::max(1, chart.tiles);
  const double image_height = tile;

  Axes axes;
  axes.left = kLeft;
  axes.right = chart.width - 4;
  axes.top = 24 + image_height + kGap;
  axes.bottom = axes.top + kCurveHeight;
  // A frame is as wide as its share of a tile, and its number stands in the middle of it.
  axes.x_low = -0.5 * chart.frame_step;
  axes.x_high = axes.x_low + static_cast<double>(chart.tiles) * chart.frame_step;
  Range range;
  range.Include(0);
  range.Include(chart.y_max);
  for (const FilmChart::Curve& curve : chart.curves) {
    for (const double value : curve.values) range.Include(value);
  }
  axes.y_ticks = TicksOf(range, 2);

  SvgCanvas canvas(chart.width, axes.bottom + 22, chart.title);
  canvas.Text({kLeft, 15}, chart.title, {.size = kTitleSize, .bold = true});
  std::vector<LegendEntry> legend;
  double legend_width = 0;
  for (const FilmChart::Curve& curve : chart.curves) {
    legend.push_back({curve.name, curve.ink, true, curve.dashed});
    legend_width += 32 + TextWidth(curve.name, kTextSize);
  }
  if (legend.size() > 1) {
    const double title_end = kLeft + TextWidth(chart.title, kTitleSize) * 1.1 + 20;
    DrawLegend(&canvas, legend, std::max(title_end, axes.right - legend_width), chart.width + 400,
               3);
  }
  if (!chart.png.empty()) {
    canvas.Image({kLeft, 24}, tile * chart.tiles, image_height, chart.png);
    for (int i = 1; i < chart.tiles; ++i) {
      const double x = kLeft + i * tile;
      canvas.Line({x, 24}, {x, 24 + image_height}, Ink::kPage, 2);
    }
  }
  axes.DrawY(&canvas, chart.y_label);
  canvas.Line({axes.left, axes.bottom}, {axes.right, axes.bottom}, Ink::kFaint);
  for (int i = 0; i < chart.tiles; ++i) {
    const int frame = i * chart.frame_step;
    canvas.Text({axes.X(frame), axes.bottom + 15}, std::to_string(frame),
                {.size = 10.5, .anchor = Anchor::kMiddle, .ink = Ink::kFaint});
  }
  canvas.Text({kLeft - 6, axes.bottom + 15}, "frame",
              {.size = 10.5, .anchor = Anchor::kEnd, .ink = Ink::kFaint});
  for (const FilmChart::Curve& curve : chart.curves) {
    std::vector<Point> points;
    for (size_t frame = 0; frame < curve.values.size(); ++frame) {
      const double x = axes.X(static_cast<double>(frame));
      if (x < axes.left || x > axes.right) continue;
      points.push_back({x, axes.Y(curve.values[frame])});
    }
    canvas.Polyline(points, curve.ink, 2, curve.dashed);
  }
  if (chart.event_frame >= 0) {
    // Between the last frame that was as it should be and the first that was not.
    const double x = axes.X(chart.event_frame - 0.5);
    if (x >= axes.left && x <= axes.right) {
      canvas.Line({x, 22}, {x, axes.bottom}, Ink::kVermillion, 1.5);
      const bool fits = x + 6 + TextWidth(chart.event_label, kTextSize) < axes.right;
      canvas.Text({fits ? x + 5 : x - 5, axes.top + 10}, chart.event_label,
                  {.size = kTextSize,
                   .anchor = fits ? Anchor::kStart : Anchor::kEnd,
                   .ink = Ink::kVermillion});
    }
  }
  return canvas.Finish();
}

}  // namespace peekaboo::lab
