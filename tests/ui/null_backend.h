#pragma once

#include <gtest/gtest.h>
#include <imgui.h>

#include <functional>
#include <optional>
#include <string>

#include "ui/theme.h"
#include "ui/widget_map.h"

namespace peekaboo::ui {

/// ImGui without a window: panels run, the mouse is ours, widgets are found by their names, and
/// what would be shown is there to be read (Drawn).
class NullBackend {
 public:
  NullBackend() {
    context_ = ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = {800, 600};
    io.DeltaTime = 1.0f / 60;
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
    ApplyTheme(DarkTheme(), 1);
    widgets_.emplace();
  }
  ~NullBackend() {
    widgets_.reset();
    ImGui::DestroyContext(context_);
  }
  NullBackend(const NullBackend&) = delete;
  NullBackend& operator=(const NullBackend&) = delete;

  /// One frame of a window that fills the screen.
  void Frame(const std::function<void()>& contents) {
    widgets_->Clear();
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("test", nullptr, ImGuiWindowFlags_NoDecoration);
    contents();
    ImGui::End();
    ImGui::Render();
  }

  /// Moves there, presses and releases the left button, a frame each.
  void Click(ImVec2 at, const std::function<void()>& contents) {
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = at;
    Frame(contents);
    io.MouseDown[0] = true;
    Frame(contents);
    io.MouseDown[0] = false;
    Frame(contents);
  }
  /// The same on a widget, once it shows where it stays: what opens is not yet there in its first
  /// frame.
  void Click(const std::string& widget, const std::function<void()>& contents) {
    for (int i = 0; i < 3; ++i) Frame(contents);
    Click(Middle(widget), contents);
  }

  /// Where a widget was in the last frame; fails the test if there was none of that name.
  WidgetMap::Place Find(const std::string& widget) const {
    const auto found = widgets_->places().find(widget);
    if (found != widgets_->places().end()) return found->second;
    std::string names;
    for (const auto& [name, place] : widgets_->places()) names += "\n  " + name;
    ADD_FAILURE() << "no widget \"" << widget << "\" among these:" << names;
    return {{-1, -1}, {-1, -1}};
  }
  ImVec2 Middle(const std::string& widget) const {
    const WidgetMap::Place place = Find(widget);
    return {(place.min.x + place.max.x) / 2, (place.min.y + place.max.y) / 2};
  }
  bool Has(const std::string& widget) const { return widgets_->places().count(widget) > 0; }

 private:
  ImGuiContext* context_;
  std::optional<WidgetMap> widgets_;
};

}  // namespace peekaboo::ui
