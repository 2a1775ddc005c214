#include "ui/scene_picker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/ui/drawn.h"
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
  EXPECT_TRUE(backend.Has("Open a scene/voe/gravity/up"));
  EXPECT_FALSE(backend.Has("Open a scene/voe/gravity/hang"));
  picker.Accept();
  frame();
  EXPECT_EQ(chosen, "voe/gravity/up");
  EXPECT_FALSE(picker.is_open());
}

TEST(ScenePicker, TakesTheOneThatIsClicked) {
  NullBackend backend;
  ScenePicker picker({"nursery/roll", "voe/gravity/hang", "voe/gravity/up"});
  picker.Open();
  std::optional<std::string> chosen;
  backend.Click("Open a scene/voe/gravity/hang", [&] {
    if (const auto scene = picker.Draw()) chosen = scene;
  });
  EXPECT_EQ(chosen, "voe/gravity/hang");
  EXPECT_FALSE(picker.is_open());
}

TEST(ScenePicker, SaysWhenNoneHasSuchAName) {
  NullBackend backend;
  ScenePicker picker({"nursery/roll"});
  picker.Open();
  const auto draw = [&] { backend.Frame([&] { picker.Draw(); }); };
  const std::string none = "No scene has such a name. Files can be dropped on the window.";
  for (int i = 0; i < 3; ++i) draw();
  EXPECT_THAT(Drawn().texts(), testing::Contains("nursery/roll"));
  EXPECT_THAT(Drawn().texts(), testing::Not(testing::Contains(none)));
  ImGui::GetIO().AddInputCharacter('z');
  for (int i = 0; i < 2; ++i) draw();
  EXPECT_THAT(Drawn().texts(), testing::Contains(none));
}

TEST(Toasts, GoAfterAWhileTroubleLater) {
  NullBackend backend;
  Toasts toasts;
  agent::Notices notices;
  notices.Add(agent::Notice::Level::kInfo, "saved");
  notices.Add(agent::Notice::Level::kError, "is no model");
  toasts.Follow(notices, 0);
  toasts.Follow(notices, 0);
  const auto said_at = [&](double now) {
    backend.Frame([&] { toasts.Draw(DarkTheme(), now); });
    return Drawn().texts();
  };
  EXPECT_THAT(said_at(1), testing::ElementsAre("saved", "is no model"));
  EXPECT_THAT(said_at(6), testing::ElementsAre("is no model"));
  EXPECT_THAT(said_at(60), testing::IsEmpty());
  EXPECT_TRUE(toasts.empty());
}

}  // namespace
}  // namespace peekaboo::ui
