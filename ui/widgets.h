#pragma once

#include <imgui.h>

#include <cstddef>
#include <span>

#include "ui/widget_map.h"

namespace peekaboo::ui {

// ImGui's widgets, as ImGui has them, each noted in the WidgetMap: whoever drives the window from
// outside finds them there. Nothing else in this room may make one (tests/layering_test.py).

bool Button(const char* label);
bool SmallButton(const char* label);
bool InvisibleButton(const char* label, ImVec2 size, ImGuiButtonFlags flags = 0);
bool Checkbox(const char* label, bool* on);
bool RadioButton(const char* label, bool on);
bool Selectable(const char* label, bool selected = false);
bool TreeNode(const char* label, ImGuiTreeNodeFlags flags = 0);
bool SliderFloat(const char* label, float* value, float low, float high, const char* format,
                 ImGuiSliderFlags flags = 0);
bool InputText(const char* label, const char* hint, char* text, size_t size);

/// A field that opens a list. True while the list is open; then ImGui::EndCombo ends it.
bool BeginCombo(const char* label, const char* chosen);
/// The same with what `list` makes while it is open, whose names begin with the field's.
template <typename List>
void Combo(const char* label, const char* chosen, const List& list) {
  if (!BeginCombo(label, chosen)) return;
  {
    const WidgetScope scope(label);
    list();
  }
  ImGui::EndCombo();
}
/// A field that opens a list of words. True when another was chosen.
bool Combo(const char* label, int* chosen, std::span<const char* const> words);

}  // namespace peekaboo::ui
