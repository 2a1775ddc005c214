#include "ui/key_map.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <vector>

namespace peekaboo::ui {

std::span<const KeyBinding> KeyBindings() {
  static const std::vector<KeyBinding> kBindings = [] {
    std::vector<KeyBinding> bindings = {
        {Shortcut::kPlay, kPlain, GLFW_KEY_SPACE, "Space", "Play, pause", "Time"},
        {Shortcut::kStep, kPlain, GLFW_KEY_RIGHT, "Right", "One frame on", "Time"},
        {Shortcut::kStepBack, kPlain, GLFW_KEY_LEFT, "Left", "One frame back", "Time"},
        {Shortcut::kToNow, kPlain, GLFW_KEY_END, "End", "To the newest frame", "Time"},
        {Shortcut::kSlower, kPlain, GLFW_KEY_MINUS, "-", "Slower", "Time"},
        {Shortcut::kFaster, kPlain, GLFW_KEY_EQUAL, "=", "Faster", "Time"},
        {Shortcut::kRestart, kPlain, GLFW_KEY_R, "R", "The same again", "Time"},
        {Shortcut::kNextDraw, kPlain, GLFW_KEY_N, "N", "The next draw of the scene", "Time"},
    };
    for (const sim::InterventionType& type : sim::InterventionTypes()) {
      if (!type.wand) continue;
      // GLFW's code of a letter is that of ASCII.
      bindings.push_back({WandShortcut(type.kind), kPlain, type.wand->key[0], type.wand->key,
                          type.wand->action, "Magic wand"});
    }
    const KeyBinding others[] = {
        {Shortcut::kEscape, kPlain, GLFW_KEY_ESCAPE, "Esc", "Lay the wand down, close",
         "Magic wand"},
        {Shortcut::kLearn, kPlain, GLFW_KEY_T, "T", "Learn, stop learning", "Infant"},
        {Shortcut::kSaveModel, kCtrl | kShift, GLFW_KEY_S, "Ctrl+Shift+S", "Save the model",
         "Infant"},
        {Shortcut::kOpenScene, kCtrl, GLFW_KEY_O, "Ctrl+O", "Open a scene", "Window"},
        {Shortcut::kAccept, kPlain, GLFW_KEY_ENTER, "Enter", "Take the first of the scenes found",
         "Window"},
        {Shortcut::kCamera, kPlain, GLFW_KEY_C, "C", "The next camera", "Window"},
        {Shortcut::kLayoutWatch, kPlain, GLFW_KEY_1, "1", "Layout: watch", "Window"},
        {Shortcut::kLayoutLearn, kPlain, GLFW_KEY_2, "2", "Layout: learn", "Window"},
        {Shortcut::kLayoutPlan, kPlain, GLFW_KEY_3, "3", "Layout: plan", "Window"},
        {Shortcut::kTheme, kPlain, GLFW_KEY_F2, "F2", "Light, dark", "Window"},
        {Shortcut::kBigger, kCtrl, GLFW_KEY_EQUAL, "Ctrl +", "Bigger letters", "Window"},
        {Shortcut::kSmaller, kCtrl, GLFW_KEY_MINUS, "Ctrl -", "Smaller letters", "Window"},
        {Shortcut::kNormalSize, kCtrl, GLFW_KEY_0, "Ctrl 0", "Letters as they were", "Window"},
        {Shortcut::kScreenshot, kCtrl, GLFW_KEY_S, "Ctrl+S", "Screenshot (PNG)", "Window"},
        {Shortcut::kRecord, kCtrl, GLFW_KEY_R, "Ctrl+R", "Record the window (MP4), stop", "Window"},
        {Shortcut::kRecordView, kCtrl | kShift, GLFW_KEY_R, "Ctrl+Shift+R",
         "Record the panel under the mouse, stop", "Window"},
        {Shortcut::kExport, kCtrl, GLFW_KEY_E, "Ctrl+E", "Curves as tables (CSV)", "Window"},
        {Shortcut::kHelp, kPlain, GLFW_KEY_F1, "F1", "This help", "Window"},
        {Shortcut::kQuit, kCtrl, GLFW_KEY_Q, "Ctrl+Q", "Quit", "Window"},
    };
    bindings.insert(bindings.end(), std::begin(others), std::end(others));
    return bindings;
  }();
  return kBindings;
}

std::optional<sim::Intervention::Kind> WandOf(Shortcut shortcut) {
  for (const sim::InterventionType& type : sim::InterventionTypes()) {
    if (type.wand && WandShortcut(type.kind) == shortcut) return type.kind;
  }
  return std::nullopt;
}

std::optional<Shortcut> ShortcutOf(const KeyPress& press) {
  for (const KeyBinding& binding : KeyBindings()) {
    // Plus is Shift + = on many keyboards.
    const bool shift = press.shift && binding.key != GLFW_KEY_EQUAL;
    const int held = (press.ctrl ? kCtrl : 0) | (shift ? kShift : 0) | (press.alt ? kAlt : 0);
    if (binding.key == press.key && binding.modifiers == held) return binding.shortcut;
  }
  return std::nullopt;
}

const char* KeysOf(Shortcut shortcut) {
  for (const KeyBinding& binding : KeyBindings()) {
    if (binding.shortcut == shortcut) return binding.keys;
  }
  return "";
}

}  // namespace peekaboo::ui
