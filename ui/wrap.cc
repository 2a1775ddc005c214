#include "ui/wrap.h"

#include <imgui.h>

namespace peekaboo::ui {

void ContinueLine(float width) {
  const float left = ImGui::GetItemRectMax().x + ImGui::GetStyle().ItemSpacing.x;
  if (left + width <= ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x)
    ImGui::SameLine();
}

float ButtonWidth(const char* text) {
  return ImGui::CalcTextSize(text).x + 2 * ImGui::GetStyle().FramePadding.x;
}

float FieldWidth(float field, const char* name) {
  return field + ImGui::GetStyle().ItemInnerSpacing.x + ImGui::CalcTextSize(name).x;
}

}  // namespace peekaboo::ui
