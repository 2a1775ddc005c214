#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

/// Notes a field that is about to be made at the cursor, without the label to its right: an open
/// list is ImGui's last item once it is made, and a click on a label does nothing.
void NoteField(const char* label) {
  const ImVec2 min = ImGui::GetCursorScreenPos();
  NoteWidget(label, min, {min.x + ImGui::CalcItemWidth(), min.y + ImGui::GetFrameHeight()});
}

bool Noted(const char* label, bool result) {
  NoteWidget(label);
  return result;
}

}  // namespace

bool Button(const char* label) { return Noted(label, ImGui::Button(label)); }

bool SmallButton(const char* label) { return Noted(label, ImGui::SmallButton(label)); }

bool InvisibleButton(const char* label, ImVec2 size, ImGuiButtonFlags flags) {
  return Noted(label, ImGui::InvisibleButton(label, size, flags));
}

bool Checkbox(const char* label, bool* on) { return Noted(label, ImGui::Checkbox(label, on)); }

bool RadioButton(const char* label, bool on) { return Noted(label, ImGui::RadioButton(label, on)); }

bool Selectable(const char* label, bool selected) {
  return Noted(label, ImGui::Selectable(label, selected));
}

bool TreeNode(const char* label, ImGuiTreeNodeFlags flags) {
  return Noted(label, ImGui::TreeNodeEx(label, flags));
}

bool SliderFloat(const char* label, float* value, float low, float high, const char* format,
                 ImGuiSliderFlags flags) {
  NoteField(label);
  return ImGui::SliderFloat(label, value, low, high, format, flags);
}

bool InputText(const char* label, const char* hint, char* text, size_t size) {
  NoteField(label);
  return ImGui::InputTextWithHint(label, hint, text, size);
}

bool BeginCombo(const char* label, const char* chosen) {
  NoteField(label);
  return ImGui::BeginCombo(label, chosen);
}

bool Combo(const char* label, int* chosen, std::span<const char* const> words) {
  const int before = *chosen;
  Combo(label, words[before], [&] {
    for (int i = 0; i < static_cast<int>(words.size()); ++i) {
      if (Selectable(words[i], i == before)) *chosen = i;
      if (i == before) ImGui::SetItemDefaultFocus();
    }
  });
  return *chosen != before;
}

}  // namespace peekaboo::ui
