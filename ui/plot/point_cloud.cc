#include "ui/plot/point_cloud.h"

#include <algorithm>
#include <cmath>

#include "base/axis_ticks.h"
#include "ui/plot/axis.h"
#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

constexpr float kGrip = 9;  // pixels around a point that count as on it

struct Square {
  ImVec2 middle;
  float half;  // pixels

  ImVec2 At(ImVec2 p) const { return {middle.x + half * p.x, middle.y + half * p.y}; }
};

void DrawFlatAxes(ImDrawList* draw, const Theme& theme, const Square& square, ImVec2 min,
                  ImVec2 max, const CloudView& view, const std::array<std::string, 3>& names) {
  const float line = ImGui::GetFontSize();
  const auto unit = square.half / view.extent;
  const float low_x = view.centre[view.across] - (square.middle.x - min.x) / unit;
  const float high_x = view.centre[view.across] + (max.x - square.middle.x) / unit;
  const float low_y = view.centre[view.up] - (max.y - square.middle.y) / unit;
  const float high_y = view.centre[view.up] + (square.middle.y - min.y) / unit;
  const auto ticks_x =
      AxisTicks(low_x, high_x, std::max(2, static_cast<int>((max.x - min.x) / (5 * line))),
                TickSpan::kWithin);
  const auto ticks_y =
      AxisTicks(low_y, high_y, std::max(2, static_cast<int>((max.y - min.y) / (3 * line))),
                TickSpan::kWithin);
  const double step_x = ticks_x.size() > 1 ? ticks_x[1] - ticks_x[0] : 1;
  const double step_y = ticks_y.size() > 1 ? ticks_y[1] - ticks_y[0] : 1;
  const float name = ImGui::CalcTextSize(names[view.across].c_str()).x;
  for (const double tick : ticks_x) {
    const float x = square.middle.x + (static_cast<float>(tick) - view.centre[view.across]) * unit;
    draw->AddLine({x, min.y}, {x, max.y}, theme.grid);
    const std::string label = TickLabel(tick, step_x);
    const float width = ImGui::CalcTextSize(label.c_str()).x;
    if (x - width / 2 > min.x && x + width / 2 < max.x - name - line)
      draw->AddText({x - width / 2, max.y - 1.1f * line}, theme.faint, label.c_str());
  }
  for (const double tick : ticks_y) {
    const float y = square.middle.y - (static_cast<float>(tick) - view.centre[view.up]) * unit;
    draw->AddLine({min.x, y}, {max.x, y}, theme.grid);
    if (y > min.y + 1.6f * line && y < max.y - 1.6f * line)
      draw->AddText({min.x + 3, y - line / 2}, theme.faint, TickLabel(tick, step_y).c_str());
  }
  draw->AddText({min.x + 3, min.y + 1}, theme.faint, names[view.up].c_str());
  draw->AddText({max.x - name - 3, max.y - 1.1f * line}, theme.faint, names[view.across].c_str());
}

void DrawTurnedAxes(ImDrawList* draw, const Theme& theme, const Square& square,
                    const CloudView& view, const std::array<std::string, 3>& names) {
  for (int axis = 0; axis < 3; ++axis) {
    std::array<float, 3> low = view.centre, high = view.centre;
    low[axis] -= 0.8f * view.extent;
    high[axis] += 0.8f * view.extent;
    const ImVec2 end = square.At(view.Project(high));
    draw->AddLine(square.At(view.Project(low)), end, theme.grid, 1.5f * LineScale());
    draw->AddText({end.x + 3, end.y - ImGui::GetFontSize() / 2}, theme.faint, names[axis].c_str());
  }
}

void DrawPath(ImDrawList* draw, const Square& square, const CloudView& view, const Path& path) {
  const float width = LineScale() * path.width, dot = LineScale() * path.dot;
  ImVec2 last;
  for (size_t i = 0; i < path.points.size(); ++i) {
    const ImVec2 at = square.At(view.Project(path.points[i]));
    if (i > 0 && path.dashed) {
      for (const float from : {0.0f, 0.4f, 0.8f}) {
        const float to = std::min(1.0f, from + 0.25f);
        draw->AddLine({last.x + from * (at.x - last.x), last.y + from * (at.y - last.y)},
                      {last.x + to * (at.x - last.x), last.y + to * (at.y - last.y)},
                      path.colours[i], width);
      }
    } else if (i > 0) {
      draw->AddLine(last, at, path.colours[i], width);
    }
    if (dot > 0) draw->AddCircleFilled(at, dot, path.colours[i]);
    last = at;
  }
}

}  // namespace

ImVec2 CloudView::Project(const std::array<float, 3>& point) const {
  const std::array<float, 3> p = {point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]};
  if (!turned) return {p[across] / extent, -p[up] / extent};
  const float x = std::cos(yaw) * p[0] - std::sin(yaw) * p[2];
  const float away = std::sin(yaw) * p[0] + std::cos(yaw) * p[2];
  const float y = std::cos(pitch) * p[1] - std::sin(pitch) * away;
  return {x / extent, -y / extent};
}

std::optional<CloudHit> DrawCloud(const char* id, ImVec2 size, const Theme& theme,
                                  std::span<const Path> paths,
                                  const std::array<std::string, 3>& names, CloudView* view) {
  const float line = ImGui::GetFontSize();
  size.x = std::max(size.x, 6 * line);
  size.y = std::max(size.y, 6 * line);
  const ImVec2 min = ImGui::GetCursorScreenPos(), max = {min.x + size.x, min.y + size.y};
  InvisibleButton(id, size);
  const bool hovered = ImGui::IsItemHovered();
  if (ImGui::IsItemActive() && view->turned) {
    const ImVec2 delta = ImGui::GetIO().MouseDelta;
    view->yaw += 0.01f * delta.x;
    view->pitch = std::clamp(view->pitch + 0.01f * delta.y, -1.5f, 1.5f);
  }
  const Square square = {{(min.x + max.x) / 2, (min.y + max.y) / 2},
                         std::min(size.x, size.y) / 2 - line / 2};
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->PushClipRect(min, max, true);
  if (view->turned) {
    DrawTurnedAxes(draw, theme, square, *view, names);
  } else {
    DrawFlatAxes(draw, theme, square, min, max, *view, names);
  }
  for (const Path& path : paths) DrawPath(draw, square, *view, path);
  draw->PopClipRect();

  if (!hovered) return std::nullopt;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  std::optional<CloudHit> hit;
  float nearest = kGrip * kGrip;
  for (size_t p = 0; p < paths.size(); ++p) {
    for (size_t i = 0; i < paths[p].points.size(); ++i) {
      const ImVec2 at = square.At(view->Project(paths[p].points[i]));
      const float d = (at.x - mouse.x) * (at.x - mouse.x) + (at.y - mouse.y) * (at.y - mouse.y);
      if (d >= nearest) continue;  // of paths that share a point, the first
      nearest = d;
      hit = CloudHit{p, i};
    }
  }
  return hit;
}

}  // namespace peekaboo::ui
