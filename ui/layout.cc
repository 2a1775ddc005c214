#include "ui/layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

constexpr float kLeast = 0.08f;  // share of a part
constexpr ImGuiWindowFlags kStill =
    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;

float Thickness() { return std::round(0.4f * ImGui::GetFontSize()); }

void DrawPanel(Panel* panel, const View& view, ImVec2 size) {
  const WidgetScope scope(panel->title());
  ImGui::BeginChild(panel->title(), size, false, ImGuiWindowFlags_AlwaysUseWindowPadding | kStill);
  ImGui::PushStyleColor(ImGuiCol_Text, view.theme->faint);
  ImGui::TextUnformatted(panel->title());
  ImGui::PopStyleColor();
  panel->Draw(view);
  ImGui::EndChild();
}

bool Adopt(const std::vector<double>& all, size_t* at, std::vector<float>* shares) {
  if (*at + shares->size() > all.size()) return false;
  const auto from = all.begin() + static_cast<ptrdiff_t>(*at);
  const auto to = from + static_cast<ptrdiff_t>(shares->size());
  *at += shares->size();
  if (std::any_of(from, to, [](double s) { return !(s >= kLeast / 2 && s <= 1); }) ||
      std::abs(std::accumulate(from, to, 0.0) - 1) > 0.01)
    return false;
  std::transform(from, to, shares->begin(), [](double s) { return static_cast<float>(s); });
  return true;
}

}  // namespace

Layout::Layout(std::string name, std::vector<Column> columns, std::vector<float> shares)
    : name_(std::move(name)), columns_(std::move(columns)), shares_(std::move(shares)) {
  PEEKABOO_CHECK(columns_.size() == shares_.size());
  for (const Column& column : columns_)
    PEEKABOO_CHECK(column.panels.size() == column.shares.size());
}

void Layout::Splitter(const Theme& theme, bool horizontal, float length, float whole,
                      std::vector<float>* shares, size_t i) {
  const float thick = Thickness();
  ImGui::PushID(static_cast<int>(i));
  InvisibleButton("bar", horizontal ? ImVec2{length, thick} : ImVec2{thick, length});
  ImGui::PopID();
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(low, high, theme.background);
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    ImGui::SetMouseCursor(horizontal ? ImGuiMouseCursor_ResizeNS : ImGuiMouseCursor_ResizeEW);
    draw->AddRectFilled(low, high, Faded(theme.accent, 0.4f));
  }
  if (!ImGui::IsItemActive()) return;
  const ImVec2 delta = ImGui::GetIO().MouseDelta;
  const float most = (*shares)[i] + (*shares)[i + 1] - kLeast;
  const float now = std::clamp((*shares)[i] + (horizontal ? delta.y : delta.x) / whole, kLeast,
                               std::max(kLeast, most));
  (*shares)[i + 1] += (*shares)[i] - now;
  (*shares)[i] = now;
}

void Layout::DrawColumn(const View& view, Column* column, ImVec2 size) {
  const float thick = Thickness();
  const size_t count = column->panels.size();
  const float whole = size.y - thick * static_cast<float>(count - 1);
  const ImVec2 spacing = ImGui::GetStyle().ItemSpacing;
  float left = whole;
  for (size_t i = 0; i < count; ++i) {
    const float height = i + 1 == count ? left : std::floor(whole * column->shares[i]);
    left -= height;
    const ImVec2 min = ImGui::GetCursorScreenPos();
    DrawPanel(column->panels[i], view, {size.x, height});
    const Place& place =
        places_.emplace_back(Place{column->panels[i], min, {min.x + size.x, min.y + height}});
    NoteWidget(place.panel->title(), place.min, place.max);
    if (i + 1 == count) break;
    const WidgetScope scope(place.panel->title());
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2{0, 0});
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() - spacing.y);
    Splitter(*view.theme, true, size.x, whole, &column->shares, i);
    ImGui::PopStyleVar();
  }
}

void Layout::Draw(const View& view, ImVec2 size) {
  places_.clear();
  const float thick = Thickness();
  const float whole = size.x - thick * static_cast<float>(columns_.size() - 1);
  float left = whole;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const float width = c + 1 == columns_.size() ? left : std::floor(whole * shares_[c]);
    left -= width;
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2{0, 0});
    ImGui::PushID(static_cast<int>(c));
    ImGui::BeginChild("column", {width, size.y}, false, kStill);
    ImGui::PopStyleVar();
    DrawColumn(view, &columns_[c], {width, size.y});
    ImGui::EndChild();
    ImGui::PopID();
    if (c + 1 == columns_.size()) break;
    ImGui::SameLine(0, 0);
    const WidgetScope scope("column");
    Splitter(*view.theme, false, size.y, whole, &shares_, c);
    ImGui::SameLine(0, 0);
  }
}

std::optional<Layout::Place> Layout::At(ImVec2 point) const {
  const auto found = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
    return point.x >= place.min.x && point.x < place.max.x && point.y >= place.min.y &&
           point.y < place.max.y;
  });
  return found == places_.end() ? std::nullopt : std::optional(*found);
}

std::vector<double> Layout::Shares() const {
  std::vector<double> all(shares_.begin(), shares_.end());
  for (const Column& column : columns_)
    all.insert(all.end(), column.shares.begin(), column.shares.end());
  return all;
}

void Layout::SetShares(const std::vector<double>& shares) {
  if (shares.size() != Shares().size()) return;
  size_t at = 0;
  Adopt(shares, &at, &shares_);
  for (Column& column : columns_) Adopt(shares, &at, &column.shares);
}

}  // namespace peekaboo::ui
