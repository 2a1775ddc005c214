#include "ui/widget_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ui/null_backend.h"
#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

TEST(WidgetMap, NamesAreWhatPeopleRead) {
  NullBackend backend;
  char text[8] = "";
  const auto draw = [&] {
    Button("Again");
    Button("Again##2");
    InputText("##filter", "type", text, sizeof text);
    const WidgetScope scope("Scene");
    SmallButton("x");
    const WidgetScope inner("##gravity");
    SmallButton("x");
  };
  for (int i = 0; i < 2; ++i) backend.Frame(draw);
  for (const char* name : {"Again", "Again 2", "filter", "Scene/x", "Scene/gravity/x"})
    EXPECT_TRUE(backend.Has(name)) << name;
  backend.Frame([] { Button("Another"); });
  EXPECT_TRUE(backend.Has("Another"));
  EXPECT_FALSE(backend.Has("Again")) << "of a frame that is over";
}

TEST(WidgetMap, PlacesAreWhereItCanBeClicked) {
  NullBackend backend;
  bool pressed = false;
  float value = 0;
  const auto draw = [&] {
    pressed = Button("Button") || pressed;
    ImGui::SetNextItemWidth(200);
    SliderFloat("with a long label", &value, 0, 1, "%.2f");
  };
  backend.Click("Button", draw);
  EXPECT_TRUE(pressed);
  const auto slider = backend.Find("with a long label");
  EXPECT_FLOAT_EQ(slider.max.x - slider.min.x, 200) << "a click on a label does nothing";
  backend.Click("with a long label", draw);
  EXPECT_NEAR(value, 0.5, 0.02);
}

TEST(WidgetMap, WhatIsClippedIsNotThere) {
  NullBackend backend;
  backend.Frame([] {
    ImGui::BeginChild("small", {100, 40});
    InvisibleButton("half", {200, 30});
    InvisibleButton("below", {50, 100});
    InvisibleButton("gone", {50, 50});
    ImGui::EndChild();
    ImGui::SetCursorPos({2000, 2000});
    ImGui::BeginChild("outside", {50, 50});
    Button("never");
    ImGui::EndChild();
  });
  const auto half = backend.Find("half"), below = backend.Find("below");
  EXPECT_LE(half.max.x - half.min.x, 100);
  EXPECT_LT(below.max.y - below.min.y, 12);
  EXPECT_FALSE(backend.Has("gone"));
  EXPECT_FALSE(backend.Has("never"));
}

TEST(WidgetMap, ListsHaveTheNameOfTheirField) {
  NullBackend backend;
  static constexpr const char* kWords[] = {"red", "green"};
  int chosen = 0, changes = 0;
  const auto draw = [&] { changes += Combo("colour", &chosen, kWords); };
  backend.Click("colour", draw);
  EXPECT_EQ(changes, 0);
  backend.Click("colour/green", draw);
  EXPECT_EQ(chosen, 1);
  EXPECT_EQ(changes, 1);
  for (int i = 0; i < 3; ++i) backend.Frame(draw);
  EXPECT_FALSE(backend.Has("colour/green")) << "it closed";
  EXPECT_TRUE(backend.Has("colour"));
}

TEST(WidgetMap, NobodyHasToAsk) {
  NullBackend backend;
  ImGui::GetIO().UserData = nullptr;
  backend.Frame([] {
    const WidgetScope scope("Scene");
    Button("Again");
  });
  EXPECT_FALSE(backend.Has("Scene/Again"));
}

}  // namespace
}  // namespace peekaboo::ui
