#include "ui/key_map.h"

#include <gtest/gtest.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <set>
#include <string>
#include <tuple>

#include "ui/panels/controls_panel.h"

namespace peekaboo::ui {
namespace {

TEST(KeyMap, EveryActionHasKeysOfItsOwnAndHelp) {
  std::set<std::tuple<int, int>> keys;
  std::set<Shortcut> actions;
  std::set<std::string> shown;
  for (const KeyBinding& binding : KeyBindings()) {
    EXPECT_TRUE(keys.emplace(binding.modifiers, binding.key).second) << binding.keys;
    EXPECT_TRUE(shown.insert(binding.keys).second) << binding.keys;
    EXPECT_NE(std::string(binding.help), "");
    EXPECT_NE(std::string(binding.group), "");
    actions.insert(binding.shortcut);
  }
  for (int a = 0; a <= static_cast<int>(Shortcut::kQuit); ++a)
    EXPECT_TRUE(actions.count(static_cast<Shortcut>(a))) << a;
}

TEST(KeyMap, ModifiersTell) {
  EXPECT_EQ(ShortcutOf({GLFW_KEY_S, true, false, false}), Shortcut::kScreenshot);
  EXPECT_EQ(ShortcutOf({GLFW_KEY_S, true, true, false}), Shortcut::kSaveModel);
  EXPECT_EQ(ShortcutOf({GLFW_KEY_S, false, false, false}), std::nullopt);
  EXPECT_EQ(ShortcutOf({GLFW_KEY_T, false, false, true}), std::nullopt);
  EXPECT_EQ(ShortcutOf({GLFW_KEY_EQUAL, true, true, false}), Shortcut::kBigger) << "Ctrl and +";
  EXPECT_EQ(ShortcutOf({GLFW_KEY_EQUAL, true, false, false}), Shortcut::kBigger);
  EXPECT_STREQ(KeysOf(Shortcut::kHelp), "F1");
}

TEST(Speeds, GoUpAndDownAndStopAtTheEnds) {
  EXPECT_EQ(NextSpeed(1, 1), 2);
  EXPECT_EQ(NextSpeed(1, -1), 0.5);
  EXPECT_EQ(NextSpeed(8, 1), 8);
  EXPECT_EQ(NextSpeed(0.05, -1), 0.05);
  EXPECT_EQ(NextSpeed(1.5, 1), 2);
  EXPECT_EQ(NextSpeed(1.5, -1), 1);
}

}  // namespace
}  // namespace peekaboo::ui
