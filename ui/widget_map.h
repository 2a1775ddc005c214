#pragma once

#include <imgui.h>

#include <map>
#include <string>
#include <string_view>

namespace peekaboo::ui {

/// Where the widgets of a frame are, by the names that people read: "Stage", "Stage/Vanish",
/// "Surprise/k = 4". While one lives, what is drawn in the current ImGui context is noted in it;
/// without one, notes cost a look at a pointer. The window's thread.
class WidgetMap {
 public:
  /// What can be seen of a widget, in ImGui's coordinates.
  struct Place {
    ImVec2 min, max;
  };

  WidgetMap();
  ~WidgetMap();
  WidgetMap(const WidgetMap&) = delete;
  WidgetMap& operator=(const WidgetMap&) = delete;

  /// A frame begins: what was noted of the last one is forgotten.
  void Clear() { places_.clear(); }
  const std::map<std::string, Place>& places() const { return places_; }

 private:
  friend class WidgetScope;
  friend void NoteWidget(const char* label, ImVec2 min, ImVec2 max);

  std::map<std::string, Place> places_;
  std::string scope_;  // "Scene/speed/", of the WidgetScopes that live
};

/// The names of widgets that are made while it lives begin with this one: a panel's title, say.
class WidgetScope {
 public:
  explicit WidgetScope(std::string_view name);
  ~WidgetScope();
  WidgetScope(const WidgetScope&) = delete;
  WidgetScope& operator=(const WidgetScope&) = delete;

 private:
  WidgetMap* map_;  // nullptr: nobody asks
  size_t outer_ = 0;
};

/// Notes what lies there in the current ImGui window, less what that window clips; nothing if that
/// is all of it. Its name is what people read of the label, or what follows "##" if they read
/// nothing. A second one of a name gets a 2 after it, and so on.
void NoteWidget(const char* label, ImVec2 min, ImVec2 max);
/// Notes ImGui's last item.
void NoteWidget(const char* label);

}  // namespace peekaboo::ui
