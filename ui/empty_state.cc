#include "ui/empty_state.h"

#include <imgui.h>

#include <algorithm>
#include <utility>

namespace peekaboo::ui {

void DrawEmptyState(const char* why, const char* what_to_do) {
  const ImVec2 room = ImGui::GetContentRegionAvail(), at = ImGui::GetCursorPos();
  const float line = ImGui::GetFontSize(), wrap = std::max(room.x - 4 * line, 8 * line);
  const ImVec2 first = ImGui::CalcTextSize(why, nullptr, false, wrap);
  const ImVec2 second = ImGui::CalcTextSize(what_to_do, nullptr, false, wrap);
  float y = at.y + std::max(0.0f, (room.y - first.y - second.y - line) / 2);
  for (const auto& [text, size] : {std::pair{why, first}, std::pair{what_to_do, second}}) {
    const float x = at.x + std::max(0.0f, (room.x - size.x) / 2);
    ImGui::SetCursorPos({x, y});
    ImGui::PushTextWrapPos(x + wrap);
    if (text == why) {
      ImGui::TextUnformatted(text);
    } else {
      ImGui::TextDisabled("%s", text);
    }
    ImGui::PopTextWrapPos();
    y += size.y + 0.4f * line;
  }
}

}  // namespace peekaboo::ui
