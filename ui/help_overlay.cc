#include "ui/help_overlay.h"

#include <imgui.h>

#include <string_view>

#include "ui/key_map.h"

namespace peekaboo::ui {

void DrawHelp(const Theme& theme, bool* open) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSizeConstraints({0, 0}, {0.98f * screen.x, 0.98f * screen.y});
  if (ImGui::Begin("Keys", open,
                   ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoCollapse |
                       ImGuiWindowFlags_NoSavedSettings)) {
    std::string_view group;
    bool inside = false;
    int column = 0;
    if (ImGui::BeginTable("groups", 2, ImGuiTableFlags_SizingFixedFit)) {
      for (const KeyBinding& binding : KeyBindings()) {
        if (group != binding.group) {
          if (inside) ImGui::EndTable();
          if (column % 2 == 0) ImGui::TableNextRow();
          ImGui::TableSetColumnIndex(column++ % 2);
          group = binding.group;
          ImGui::PushStyleColor(ImGuiCol_Text, theme.accent);
          ImGui::TextUnformatted(binding.group);
          ImGui::PopStyleColor();
          inside = ImGui::BeginTable(binding.group, 2, ImGuiTableFlags_SizingFixedFit);
        }
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(binding.keys);
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(binding.help);
      }
      if (inside) ImGui::EndTable();
      ImGui::EndTable();
    }
    ImGui::Separator();
    ImGui::TextUnformatted(
        "Stage: drag turns, right drag shifts, wheel zooms, double click selects, Ctrl + drag "
        "pulls.");
    ImGui::TextUnformatted(
        "Charts: click goes to that moment, wheel zooms, a click on a name hides it.");
    ImGui::TextUnformatted(
        "Latent space: click goes to that moment, drag turns it, a name opens a choice.");
  }
  ImGui::End();
}

}  // namespace peekaboo::ui
