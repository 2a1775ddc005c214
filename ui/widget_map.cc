#include "ui/widget_map.h"

#include <algorithm>
#include <utility>

namespace peekaboo::ui {
namespace {

/// The one of the current context, if there is one: the context keeps it for us.
WidgetMap* CurrentMap() { return static_cast<WidgetMap*>(ImGui::GetIO().UserData); }

std::string_view NameOf(std::string_view label) {
  const size_t id = label.find("##");
  return id == 0 ? label.substr(2) : label.substr(0, id);
}

}  // namespace

WidgetMap::WidgetMap() { ImGui::GetIO().UserData = this; }

WidgetMap::~WidgetMap() {
  if (ImGui::GetCurrentContext() && CurrentMap() == this) ImGui::GetIO().UserData = nullptr;
}

WidgetScope::WidgetScope(std::string_view name) : map_(CurrentMap()) {
  if (!map_) return;
  outer_ = map_->scope_.size();
  map_->scope_.append(NameOf(name)).append("/");
}

WidgetScope::~WidgetScope() {
  if (map_) map_->scope_.resize(outer_);
}

void NoteWidget(const char* label, ImVec2 min, ImVec2 max) {
  WidgetMap* map = CurrentMap();
  if (!map) return;
  const ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 low = draw->GetClipRectMin(), high = draw->GetClipRectMax();
  const WidgetMap::Place place = {{std::max(min.x, low.x), std::max(min.y, low.y)},
                                  {std::min(max.x, high.x), std::min(max.y, high.y)}};
  if (!(place.min.x < place.max.x && place.min.y < place.max.y)) return;
  std::string name = map->scope_;
  name += NameOf(label);
  const size_t length = name.size();
  for (int i = 2; !map->places_.emplace(name, place).second; ++i)
    name.replace(length, std::string::npos, " " + std::to_string(i));
}

void NoteWidget(const char* label) {
  NoteWidget(label, ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
}

}  // namespace peekaboo::ui
