#include "ui/help_overlay.h"

#include <imgui.h>

#include <algorithm>
#include <string_view>

#include "ui/key_map.h"

namespace peekaboo::ui {
namespace {

/// One group of the key map: its name, then a line a key.
void DrawGroup(const Theme& theme, std::string_view group, float keys_width) {
  ImGui::PushStyleColor(ImGuiCol_Text, theme.accent);
  ImGui::TextUnformatted(group.data(), group.data() + group.size());
  ImGui::PopStyleColor();
  for (const KeyBinding& binding : KeyBindings()) {
    if (group != binding.group) continue;
    const float left = ImGui::GetCursorPosX();
    ImGui::TextUnformatted(binding.keys);
    ImGui::SameLine();
    ImGui::SetCursorPosX(left + keys_width);
    ImGui::TextUnformatted(binding.help);
  }
  ImGui::Spacing();
}

}  // namespace

void DrawHelp(const Theme& theme, bool* open) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSizeConstraints({0, 0}, {0.98f * screen.x, 0.98f * screen.y});
  if (ImGui::Begin("Keys", open,
                   ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoCollapse |
                       ImGuiWindowFlags_NoSavedSettings)) {
    float keys = 0, helps = 0;
    for (const KeyBinding& binding : KeyBindings()) {
      keys = std::max(keys, ImGui::CalcTextSize(binding.keys).x);
      helps = std::max(helps, ImGui::CalcTextSize(binding.help).x);
    }
    keys += 1.5f * ImGui::GetFontSize();
    const float left = ImGui::GetCursorPosX();
    ImGui::BeginGroup();
    for (const char* group : {"Time", "Magic wand"}) DrawGroup(theme, group, keys);
    ImGui::EndGroup();
    ImGui::SameLine();
    ImGui::SetCursorPosX(left + keys + helps + 2 * ImGui::GetFontSize());
    ImGui::BeginGroup();
    for (const char* group : {"Infant", "Window"}) DrawGroup(theme, group, keys);
    ImGui::EndGroup();
    ImGui::Separator();
    ImGui::TextUnformatted(
        "Stage: drag turns, right drag shifts, wheel zooms. Shift + click reaches behind screens.");
    ImGui::TextUnformatted(
        "Things: double click selects one, then Ctrl + drag turns it, Ctrl + right drag pulls it.");
    ImGui::TextUnformatted(
        "Charts: click goes to that moment, wheel zooms, a click on a name hides it.");
    ImGui::TextUnformatted(
        "Latent space: click goes to that moment; all three axes can be turned by dragging.");
  }
  ImGui::End();
}

}  // namespace peekaboo::ui
