#include "ui/key_map.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace peekaboo::ui {

std::span<const KeyBinding> KeyBindings() {
  static constexpr KeyBinding kBindings[] = {
      {Action::kPlay, kPlain, GLFW_KEY_SPACE, "Space", "Play, pause", "Time"},
      {Action::kStep, kPlain, GLFW_KEY_RIGHT, "Right", "One frame on", "Time"},
      {Action::kStepBack, kPlain, GLFW_KEY_LEFT, "Left", "One frame back", "Time"},
      {Action::kToNow, kPlain, GLFW_KEY_END, "End", "To the newest frame", "Time"},
      {Action::kSlower, kPlain, GLFW_KEY_MINUS, "-", "Slower", "Time"},
      {Action::kFaster, kPlain, GLFW_KEY_EQUAL, "=", "Faster", "Time"},
      {Action::kRestart, kPlain, GLFW_KEY_R, "R", "The same again", "Time"},
      {Action::kNextDraw, kPlain, GLFW_KEY_N, "N", "The next draw of the scene", "Time"},
      {Action::kVanish, kPlain, GLFW_KEY_V, "V", "Vanish", "Magic wand"},
      {Action::kAppear, kPlain, GLFW_KEY_A, "A", "Appear", "Magic wand"},
      {Action::kTeleport, kPlain, GLFW_KEY_M, "M", "Teleport", "Magic wand"},
      {Action::kFreeze, kPlain, GLFW_KEY_Z, "Z", "Freeze in mid-air", "Magic wand"},
      {Action::kFloat, kPlain, GLFW_KEY_L, "L", "Float", "Magic wand"},
      {Action::kGravity, kPlain, GLFW_KEY_G, "G", "Fall up", "Magic wand"},
      {Action::kPassThrough, kPlain, GLFW_KEY_P, "P", "Pass through things", "Magic wand"},
      {Action::kSwapColour, kPlain, GLFW_KEY_K, "K", "Another colour", "Magic wand"},
      {Action::kSwapShape, kPlain, GLFW_KEY_H, "H", "Another shape", "Magic wand"},
      {Action::kReverse, kPlain, GLFW_KEY_B, "B", "Turn back", "Magic wand"},
      {Action::kEscape, kPlain, GLFW_KEY_ESCAPE, "Esc", "Lay the wand down, close", "Magic wand"},
      {Action::kLearn, kPlain, GLFW_KEY_T, "T", "Learn, stop learning", "Infant"},
      {Action::kSaveModel, kCtrl | kShift, GLFW_KEY_S, "Ctrl+Shift+S", "Save the model", "Infant"},
      {Action::kOpenScene, kCtrl, GLFW_KEY_O, "Ctrl+O", "Open a scene", "Window"},
      {Action::kAccept, kPlain, GLFW_KEY_ENTER, "Enter", "Take the first of the scenes found",
       "Window"},
      {Action::kCamera, kPlain, GLFW_KEY_C, "C", "The next camera", "Window"},
      {Action::kLayoutWatch, kPlain, GLFW_KEY_1, "1", "Layout: watch", "Window"},
      {Action::kLayoutLearn, kPlain, GLFW_KEY_2, "2", "Layout: learn", "Window"},
      {Action::kTheme, kPlain, GLFW_KEY_F2, "F2", "Light, dark", "Window"},
      {Action::kBigger, kCtrl, GLFW_KEY_EQUAL, "Ctrl +", "Bigger letters", "Window"},
      {Action::kSmaller, kCtrl, GLFW_KEY_MINUS, "Ctrl -", "Smaller letters", "Window"},
      {Action::kNormalSize, kCtrl, GLFW_KEY_0, "Ctrl 0", "Letters as they were", "Window"},
      {Action::kScreenshot, kCtrl, GLFW_KEY_S, "Ctrl+S", "Screenshot (PNG)", "Window"},
      {Action::kRecord, kCtrl, GLFW_KEY_R, "Ctrl+R", "Record the window (MP4), stop", "Window"},
      {Action::kRecordView, kCtrl | kShift, GLFW_KEY_R, "Ctrl+Shift+R",
       "Record the panel under the mouse, stop", "Window"},
      {Action::kExport, kCtrl, GLFW_KEY_E, "Ctrl+E", "Curves as tables (CSV)", "Window"},
      {Action::kHelp, kPlain, GLFW_KEY_F1, "F1", "This help", "Window"},
      {Action::kQuit, kCtrl, GLFW_KEY_Q, "Ctrl+Q", "Quit", "Window"},
  };
  return kBindings;
}

std::optional<Action> ActionOf(const KeyPress& press) {
  for (const KeyBinding& binding : KeyBindings()) {
    // Plus is Shift + = on many keyboards.
    const bool shift = press.shift && binding.key != GLFW_KEY_EQUAL;
    const int held = (press.ctrl ? kCtrl : 0) | (shift ? kShift : 0) | (press.alt ? kAlt : 0);
    if (binding.key == press.key && binding.modifiers == held) return binding.action;
  }
  return std::nullopt;
}

const char* KeysOf(Action action) {
  for (const KeyBinding& binding : KeyBindings()) {
    if (binding.action == action) return binding.keys;
  }
  return "";
}

}  // namespace peekaboo::ui
