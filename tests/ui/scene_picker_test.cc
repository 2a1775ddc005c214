#include "ui/scene_picker.h"

#include <gtest/gtest.h>

#include "tests/ui/null_backend.h"
#include "ui/toasts.h"

namespace peekaboo::ui {
namespace {

TEST(FuzzyMatch, LettersInTheirOrder) {
  EXPECT_TRUE(FuzzyMatch("voe/gravity/hang", ""));
  EXPECT_TRUE(FuzzyMatch("voe/gravity/hang", "grhang"));
  EXPECT_TRUE(FuzzyMatch("voe/gravity/hang", "HANG"));
  EXPECT_FALSE(FuzzyMatch("voe/gravity/hang", "hanggr"));
  EXPECT_FALSE(FuzzyMatch("nursery", "nurseryy"));
}

TEST(ScenePicker, NarrowsAsOneTypesAndTakesTheFirst) {
  NullBackend backend;
  ScenePicker picker({"nursery/roll", "voe/gravity/hang", "voe/gravity/up"});
  std::optional<std::string> chosen;
  const auto frame = [&] {
    backend.Frame([&] {
      if (const auto scene = picker.Draw()) chosen = scene;
    });
  };
  picker.Accept();
  frame();
  EXPECT_FALSE(chosen.has_value()) << "it is not open";
  picker.Open();
  for (int i = 0; i < 3; ++i) frame();
  for (const char c : std::string("vup")) ImGui::GetIO().AddInputCharacter(c);
  frame();
  frame();
  EXPECT_FALSE(chosen.has_value());
  picker.Accept();
  frame();
  EXPECT_EQ(chosen, "voe/gravity/up");
  EXPECT_FALSE(picker.is_open());
}

TEST(Toasts, GoAfterAWhileTroubleLater) {
  NullBackend backend;
  Toasts toasts;
  agent::Notices notices;
  notices.Add(agent::Notice::Level::kInfo, "saved");
  notices.Add(agent::Notice::Level::kError, "is no model");
  toasts.Follow(notices, 0);
  toasts.Follow(notices, 0);
  const auto empty_at = [&](double now) {
    backend.Frame([&] { toasts.Draw(DarkTheme(), now); });
    return toasts.empty();
  };
  EXPECT_FALSE(empty_at(1));
  EXPECT_FALSE(empty_at(6));
  EXPECT_TRUE(empty_at(60));
}

}  // namespace
}  // namespace peekaboo::ui
