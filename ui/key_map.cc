#include "ui/key_map.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace peekaboo::ui {

std::span<const KeyBinding> KeyBindings() {
  static constexpr KeyBinding kBindings[] = {
      {Shortcut::kPlay, kPlain, GLFW_KEY_SPACE, "Space", "Play, pause", "Time"},
      {Shortcut::kStep, kPlain, GLFW_KEY_RIGHT, "Right", "One frame on", "Time"},
      {Shortcut::kStepBack, kPlain, GLFW_KEY_LEFT, "Left", "One frame back", "Time"},
      {Shortcut::kToNow, kPlain, GLFW_KEY_END, "End", "To the newest frame", "Time"},
      {Shortcut::kSlower, kPlain, GLFW_KEY_MINUS, "-", "Slower", "Time"},
      {Shortcut::kFaster, kPlain, GLFW_KEY_EQUAL, "=", "Faster", "Time"},
      {Shortcut::kRestart, kPlain, GLFW_KEY_R, "R", "The same again", "Time"},
      {Shortcut::kNextDraw, kPlain, GLFW_KEY_N, "N", "The next draw of the scene", "Time"},
      {Shortcut::kVanish, kPlain, GLFW_KEY_V, "V", "Vanish", "Magic wand"},
      {Shortcut::kAppear, kPlain, GLFW_KEY_A, "A", "Appear", "Magic wand"},
      {Shortcut::kTeleport, kPlain, GLFW_KEY_M, "M", "Teleport", "Magic wand"},
      {Shortcut::kFreeze, kPlain, GLFW_KEY_Z, "Z", "Freeze in mid-air", "Magic wand"},
      {Shortcut::kFloat, kPlain, GLFW_KEY_L, "L", "Float", "Magic wand"},
      {Shortcut::kGravity, kPlain, GLFW_KEY_G, "G", "Fall up", "Magic wand"},
      {Shortcut::kPassThrough, kPlain, GLFW_KEY_P, "P", "Pass through things", "Magic wand"},
      {Shortcut::kSwapColour, kPlain, GLFW_KEY_K, "K", "Another colour", "Magic wand"},
      {Shortcut::kSwapShape, kPlain, GLFW_KEY_H, "H", "Another shape", "Magic wand"},
      {Shortcut::kReverse, kPlain, GLFW_KEY_B, "B", "Turn back", "Magic wand"},
      {Shortcut::kEscape, kPlain, GLFW_KEY_ESCAPE, "Esc", "Lay the wand down, close", "Magic wand"},
      {Shortcut::kLearn, kPlain, GLFW_KEY_T, "T", "Learn, stop learning", "Infant"},
      {Shortcut::kSaveModel, kCtrl | kShift, GLFW_KEY_S, "Ctrl+Shift+S", "Save the model",
       "Infant"},
      {Shortcut::kOpenScene, kCtrl, GLFW_KEY_O, "Ctrl+O", "Open a scene", "Window"},
      {Shortcut::kAccept, kPlain, GLFW_KEY_ENTER, "Enter", "Take the first of the scenes found",
       "Window"},
      {Shortcut::kCamera, kPlain, GLFW_KEY_C, "C", "The next camera", "Window"},
      {Shortcut::kLayoutWatch, kPlain, GLFW_KEY_1, "1", "Layout: watch", "Window"},
      {Shortcut::kLayoutLearn, kPlain, GLFW_KEY_2, "2", "Layout: learn", "Window"},
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
  return kBindings;
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
