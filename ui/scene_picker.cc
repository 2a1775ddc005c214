#include "ui/scene_picker.h"

#include <imgui.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "ui/widgets.h"

namespace peekaboo::ui {

bool FuzzyMatch(const std::string& text, const std::string& wanted) {
  const auto lower = [](char x) { return std::tolower(static_cast<unsigned char>(x)); };
  size_t at = 0;
  for (const char c : wanted) {
    while (at < text.size() && lower(text[at]) != lower(c)) ++at;
    if (at++ >= text.size()) return false;
  }
  return true;
}

ScenePicker::ScenePicker(std::vector<std::string> scenes) : scenes_(std::move(scenes)) {}

std::optional<std::string> ScenePicker::Draw() {
  if (!open_) return std::nullopt;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, 0.12f * screen.y}, ImGuiCond_Always, {0.5f, 0});
  ImGui::SetNextWindowSize({std::min(0.6f * screen.x, 36 * ImGui::GetFontSize()), 0.6f * screen.y});
  std::optional<std::string> chosen;
  static constexpr char kTitle[] = "Open a scene";
  const WidgetScope scope(kTitle);
  if (ImGui::Begin(kTitle, &open_,
                   ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoResize |
                       ImGuiWindowFlags_NoSavedSettings)) {
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    InputText("##filter", "type some letters of its name", filter_, sizeof filter_);
    ImGui::BeginChild("list");
    bool any = false;
    for (const std::string& scene : scenes_) {
      if (!FuzzyMatch(scene, filter_)) continue;
      any = true;
      if (accepted_ && !chosen) chosen = scene;
      if (Selectable(scene.c_str())) chosen = scene;
    }
    if (!any) ImGui::TextDisabled("No scene has such a name. Files can be dropped on the window.");
    ImGui::EndChild();
  }
  ImGui::End();
  accepted_ = false;
  if (!chosen) return std::nullopt;
  open_ = false;
  filter_[0] = 0;
  return chosen;
}

}  // namespace peekaboo::ui
