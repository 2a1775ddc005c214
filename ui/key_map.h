#pragma once

#include <optional>
#include <span>

#include "sim/scene/intervention.h"

namespace peekaboo::ui {

/// What a key does.
enum class Shortcut {
  kPlay,
  kStep,
  kStepBack,
  kToNow,
  kSlower,
  kFaster,
  kRestart,
  kNextDraw,
  kOpenScene,
  kAccept,
  kLearn,
  kCamera,
  kLayoutWatch,
  kLayoutLearn,
  kLayoutPlan,
  kTheme,
  kBigger,
  kSmaller,
  kNormalSize,
  kScreenshot,
  kRecord,
  kRecordView,
  kExport,
  kSaveModel,
  kEscape,
  kHelp,
  kQuit,
  kFirstWand = 1000,  ///< WandShortcut
};

/// Takes up the wand of an intervention; a shortcut for each row of sim::InterventionTypes() that
/// is a wand.
constexpr Shortcut WandShortcut(sim::Intervention::Kind kind) {
  return static_cast<Shortcut>(static_cast<int>(Shortcut::kFirstWand) + static_cast<int>(kind));
}
/// The wand that a shortcut takes up, if it is one.
std::optional<sim::Intervention::Kind> WandOf(Shortcut shortcut);

/// Keys that are held with another.
enum Modifier { kPlain = 0, kCtrl = 1, kShift = 2, kAlt = 4 };

/// One line of the key map, from which keys, menus and the help are made.
struct KeyBinding {
  Shortcut shortcut;
  int modifiers;     ///< of Modifier
  int key;           ///< of GLFW
  const char* keys;  ///< as people read it
  const char* help;
  const char* group;
};

std::span<const KeyBinding> KeyBindings();

/// A key that went down.
struct KeyPress {
  int key = 0;  ///< of GLFW
  bool ctrl = false, shift = false, alt = false;
};

/// What it does, if anything.
std::optional<Shortcut> ShortcutOf(const KeyPress& press);

/// The keys of an action as people read them.
const char* KeysOf(Shortcut shortcut);

}  // namespace peekaboo::ui
