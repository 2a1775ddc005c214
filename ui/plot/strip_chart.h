#pragma once

#include <imgui.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ui/theme.h"

namespace peekaboo::ui {

/// A line of a chart. A NaN breaks it. x ascends.
struct Series {
  std::string name;
  std::vector<double> x, y;
  ImU32 colour = 0;
  float width = 1.5f;
  bool shown = true;
};

/// A moment of which something is said.
struct ChartMark {
  double x = 0;
  std::string text;
  ImU32 colour = 0;
};

/// What is drawn besides the lines.
struct ChartOptions {
  std::string x_label, y_label;  ///< with units
  double x_low = 0, x_high = 1;
  std::optional<double> y_low, y_high;  ///< nothing: what the lines need
  std::optional<double> threshold;      ///< a horizontal line
  std::optional<double> cursor;         ///< a vertical line
  std::optional<double> hovered;        ///< a fainter one
  std::vector<ChartMark> marks;
  std::vector<ChartMark> alarms;  ///< at the lower edge
  bool logarithmic = false;
  bool legend = true;
};

/// What the mouse does in a chart.
struct ChartInput {
  std::optional<double> hovered;  ///< x under the mouse
  std::optional<double> clicked;  ///< x where the button went down or was dragged to
};

/// Draws a chart of this size at the cursor of the current ImGui window. Points that share a column
/// of pixels are drawn as their extremes, so any number of them is quick. Series are hidden and
/// shown by clicks on the legend, which changes `shown`. The WidgetMap has the names of the legend
/// and "plot", where x and y are, behind the chart's own name.
ChartInput DrawChart(const char* id, ImVec2 size, const Theme& theme, std::span<Series> series,
                     const ChartOptions& options);

/// The points with x in [low, high] (and one beyond each end), thinned to two a column: smallest
/// and largest y, in their order. NaNs remain as breaks.
std::vector<ImVec2> Decimate(const Series& series, double low, double high, int columns);

}  // namespace peekaboo::ui
