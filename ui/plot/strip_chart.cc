#include "ui/plot/strip_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/axis_ticks.h"
#include "ui/plot/axis.h"
#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

/// The plotted area and how numbers fall into it.
struct Frame {
  ImVec2 min, max;  // pixels
  double x_low, x_high, y_low, y_high;
  bool logarithmic;

  float X(double x) const {
    return min.x + static_cast<float>((x - x_low) / (x_high - x_low)) * (max.x - min.x);
  }
  double Height(double y) const { return logarithmic ? std::log10(std::max(y, 1e-12)) : y; }
  float Y(double y) const {
    const double low = Height(y_low), high = Height(y_high);
    return max.y - static_cast<float>((Height(y) - low) / (high - low)) * (max.y - min.y);
  }
};

void FindRange(std::span<const Series> series, const ChartOptions& options, double* low,
               double* high) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const Series& s : series) {
    if (!s.shown) continue;
    for (size_t i = 0; i < s.y.size(); ++i) {
      if (!std::isfinite(s.y[i]) || s.x[i] < options.x_low || s.x[i] > options.x_high) continue;
      if (options.logarithmic && s.y[i] <= 0) continue;
      least = std::min(least, s.y[i]);
      most = std::max(most, s.y[i]);
    }
  }
  if (options.threshold && std::isfinite(*options.threshold)) {
    least = std::min(least, *options.threshold);
    most = std::max(most, *options.threshold * 1.1);
  }
  if (!(least <= most)) least = 0, most = 1;
  if (options.logarithmic) {
    if (least <= 0) least = most / 1000;
    *low = options.y_low.value_or(least / 1.2);
    *high = options.y_high.value_or(std::max(most * 1.2, *low * 2));
  } else {
    const double room = most > least ? 0.06 * (most - least) : std::max(0.5, std::abs(most) * 0.1);
    *low = options.y_low.value_or(least - room);
    *high = options.y_high.value_or(most + room);
    if (!(*low < *high)) *high = *low + 1;
  }
}

void DrawAxes(ImDrawList* draw, const Theme& theme, const Frame& frame,
              const ChartOptions& options) {
  const float line = ImGui::GetFontSize();
  const int rows = std::max(2, static_cast<int>((frame.max.y - frame.min.y) / (2.6f * line)));
  const int columns = std::max(2, static_cast<int>((frame.max.x - frame.min.x) / (6 * line)));
  const auto within = [](double low, double high, int most) {
    return AxisTicks(low, high, most, TickSpan::kWithin);
  };
  const auto ticks_y =
      frame.logarithmic
          ? [&] {
              std::vector<double> ticks;
              for (double e = std::ceil(std::log10(frame.y_low)); e <= std::log10(frame.y_high); ++e)
                ticks.push_back(std::pow(10, e));
              // Within a power of ten or two that says too little.
              return ticks.size() > 2 ? ticks
                                      : within(frame.y_low, frame.y_high, std::max(rows, 4));
            }()
          : within(frame.y_low, frame.y_high, rows);
  const bool powers = frame.logarithmic && ticks_y.size() > 2 && ticks_y[1] > 9 * ticks_y[0];
  const double step_y = ticks_y.size() > 1 ? ticks_y[1] - ticks_y[0] : frame.y_high - frame.y_low;
  for (const double tick : ticks_y) {
    const float y = std::round(frame.Y(tick));
    draw->AddLine({frame.min.x, y}, {frame.max.x, y}, theme.grid);
    const std::string label = TickLabel(tick, powers ? tick : step_y);
    const float width = ImGui::CalcTextSize(label.c_str()).x;
    draw->AddText({frame.min.x - width - 0.4f * line, y - line / 2}, theme.faint, label.c_str());
  }
  const auto ticks_x = within(frame.x_low, frame.x_high, columns);
  const double step_x = ticks_x.size() > 1 ? ticks_x[1] - ticks_x[0] : 1;
  for (const double tick : ticks_x) {
    const float x = std::round(frame.X(tick));
    draw->AddLine({x, frame.min.y}, {x, frame.max.y}, Faded(theme.grid, 0.6f));
    const std::string label = TickLabel(tick, step_x);
    const float width = ImGui::CalcTextSize(label.c_str()).x;
    if (x + width / 2 < frame.max.x)
      draw->AddText({x - width / 2, frame.max.y + 0.2f * line}, theme.faint, label.c_str());
  }
  const float width = ImGui::CalcTextSize(options.x_label.c_str()).x;
  draw->AddText({frame.max.x - width, frame.max.y + 1.25f * line}, theme.faint,
                options.x_label.c_str());
}

void DrawLine(ImDrawList* draw, const Frame& frame, const Series& series) {
  const int columns = std::max(1, static_cast<int>(frame.max.x - frame.min.x));
  const float height = frame.max.y - frame.min.y;
  std::vector<ImVec2> run;
  const auto flush = [&] {
    if (run.size() > 1) {
      draw->AddPolyline(run.data(), static_cast<int>(run.size()), series.colour, ImDrawFlags_None,
                        LineScale() * series.width);
    } else if (run.size() == 1) {
      draw->AddCircleFilled(run[0], LineScale() * series.width, series.colour, 8);
    }
    run.clear();
  };
  for (const ImVec2& point : Decimate(series, frame.x_low, frame.x_high, columns)) {
    const ImVec2 at = {frame.X(point.x), frame.Y(point.y)};
    if (std::isnan(at.y) || !std::isfinite(at.x)) {
      flush();
    } else {
      // What leaves the picture, even to infinity, leaves it as a steep line.
      run.push_back({at.x, std::clamp(at.y, frame.min.y - height, frame.max.y + height)});
    }
  }
  flush();
}

// Returns where it ends.
float DrawLegend(ImDrawList* draw, const Theme& theme, const Frame& frame, std::span<Series> series,
                 bool active) {
  const float line = ImGui::GetFontSize();
  float x = frame.min.x + 0.4f * line;
  const float y = frame.min.y - 1.35f * line;
  for (Series& s : series) {
    if (s.name.empty()) continue;
    const ImVec2 text = ImGui::CalcTextSize(s.name.c_str());
    const ImVec2 end = {x + 1.3f * line + text.x, y + line};
    draw->AddLine({x, y + line / 2}, {x + line, y + line / 2}, Faded(s.colour, s.shown ? 1 : 0.3f),
                  2.5f * LineScale());
    draw->AddText({x + 1.3f * line, y}, Faded(theme.text, s.shown ? 1 : 0.4f), s.name.c_str());
    NoteWidget(s.name.c_str(), {x, y}, end);
    if (active && ImGui::IsMouseHoveringRect({x, y}, end) &&
        ImGui::IsMouseClicked(ImGuiMouseButton_Left))
      s.shown = !s.shown;
    x = end.x + line;
  }
  return x;
}

}  // namespace

std::vector<ImVec2> Decimate(const Series& series, double low, double high, int columns) {
  const auto& x = series.x;
  const size_t n = std::min(x.size(), series.y.size());
  size_t first =
      std::lower_bound(x.begin(), x.begin() + static_cast<ptrdiff_t>(n), low) - x.begin();
  size_t last =
      std::upper_bound(x.begin(), x.begin() + static_cast<ptrdiff_t>(n), high) - x.begin();
  first -= first > 0;
  last += last < n;
  std::vector<ImVec2> points;
  const auto add = [&](size_t i) {
    points.push_back({static_cast<float>(x[i]), static_cast<float>(series.y[i])});
  };
  if (last - first <= 2 * static_cast<size_t>(columns)) {
    for (size_t i = first; i < last; ++i) add(i);
    return points;
  }
  const auto column = [&](size_t i) { return std::floor((x[i] - low) / (high - low) * columns); };
  for (size_t i = first; i < last;) {
    size_t least = i, most = i, end = i;
    bool broken = false;
    for (; end < last && column(end) == column(i); ++end) {
      if (std::isnan(series.y[end])) {
        broken = true;
        continue;
      }
      if (!(series.y[least] <= series.y[end])) least = end;
      if (!(series.y[most] >= series.y[end])) most = end;
    }
    if (!std::isnan(series.y[least])) {
      add(std::min(least, most));
      if (least != most) add(std::max(least, most));
    }
    if (broken && end < last) points.push_back({static_cast<float>(x[end - 1]), NAN});
    i = end;
  }
  return points;
}

ChartInput DrawChart(const char* id, ImVec2 size, const Theme& theme, std::span<Series> series,
                     const ChartOptions& options) {
  const float line = ImGui::GetFontSize();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  size.x = std::max(size.x, 8 * line);
  size.y = std::max(size.y, 5 * line);
  InvisibleButton(id, size);
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
  Frame frame;
  frame.min = {at.x + 3.4f * line, at.y + 1.6f * line};
  frame.max = {at.x + size.x - 0.6f * line, at.y + size.y - 2.4f * line};
  frame.x_low = options.x_low;
  frame.x_high = std::max(options.x_high, options.x_low + 1e-9);
  frame.logarithmic = options.logarithmic;
  FindRange(series, options, &frame.y_low, &frame.y_high);
  const WidgetScope scope(id);
  NoteWidget("plot", frame.min, frame.max);

  ImDrawList* draw = ImGui::GetWindowDrawList();
  DrawAxes(draw, theme, frame, options);
  draw->PushClipRect(frame.min, frame.max, true);
  for (const ChartMark& mark : options.marks) {
    const float x = std::round(frame.X(mark.x));
    draw->AddLine({x, frame.min.y}, {x, frame.max.y}, Faded(mark.colour, 0.55f),
                  1.5f * LineScale());
    draw->AddTriangleFilled({x - 0.4f * line, frame.min.y}, {x + 0.4f * line, frame.min.y},
                            {x, frame.min.y + 0.55f * line}, mark.colour);
  }
  for (const ChartMark& alarm : options.alarms) {
    const float x = frame.X(alarm.x);
    draw->AddRectFilled({x - 0.25f * line, frame.max.y - 0.5f * line},
                        {x + 0.25f * line, frame.max.y}, alarm.colour);
  }
  if (options.threshold && std::isfinite(*options.threshold)) {
    const float y = frame.Y(*options.threshold);
    const float dash = 4 * LineScale();
    for (float x = frame.min.x; x < frame.max.x; x += 2 * dash)
      draw->AddLine({x, y}, {x + dash, y}, theme.alarm, 1.2f * LineScale());
  }
  for (const Series& s : series) {
    if (s.shown) DrawLine(draw, frame, s);
  }
  for (const auto& [at, alpha] :
       {std::pair{options.hovered, 0.35f}, std::pair{options.cursor, 0.8f}}) {
    if (!at) continue;
    const float x = std::round(frame.X(*at));
    draw->AddLine({x, frame.min.y}, {x, frame.max.y}, Faded(theme.text, alpha), LineScale());
  }
  draw->PopClipRect();
  const float legend = options.legend ? DrawLegend(draw, theme, frame, series, hovered) : at.x;
  // Below the legend where there is no room beside it.
  const float label = ImGui::CalcTextSize(options.y_label.c_str()).x;
  const float y = legend < frame.max.x - label ? at.y + 0.25f * line : frame.min.y + 0.2f * line;
  draw->AddText({frame.max.x - label, y}, theme.faint, options.y_label.c_str());

  ChartInput input;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool inside = mouse.x >= frame.min.x && mouse.x <= frame.max.x && mouse.y >= frame.min.y &&
                      mouse.y <= frame.max.y;
  const double x = frame.x_low + (mouse.x - frame.min.x) / (frame.max.x - frame.min.x) *
                                     (frame.x_high - frame.x_low);
  if (hovered && inside) {
    input.hovered = x;
    for (const auto* marks : {&options.alarms, &options.marks}) {
      for (const ChartMark& mark : *marks) {
        if (std::abs(frame.X(mark.x) - mouse.x) < 0.5f * line)
          ImGui::SetTooltip("%s", mark.text.c_str());
      }
    }
  }
  if (held && mouse.y >= frame.min.y) input.clicked = std::clamp(x, frame.x_low, frame.x_high);
  return input;
}

}  // namespace peekaboo::ui
