#include "ui/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ui/null_backend.h"
#include "ui/settings.h"

namespace peekaboo::ui {
namespace {

using testing::ElementsAre;

/// Remembers how much room it was given.
class Probe : public Panel {
 public:
  explicit Probe(const char* title) : title_(title) {}
  const char* title() const override { return title_; }
  void Draw(const View& view) override { size = ImGui::GetWindowSize(); }
  ImVec2 size;

 private:
  const char* title_;
};

class LayoutTest : public testing::Test {
 protected:
  LayoutTest() : layout_("test", {{{&a_, &b_}, {0.5f, 0.5f}}, {{&c_}, {1}}}, {0.75f, 0.25f}) {
    view_.theme = &DarkTheme();
  }
  void Draw() {
    backend_.Frame([&] { layout_.Draw(view_, ImGui::GetContentRegionAvail()); });
  }
  /// Presses on a widget, moves by that, and lets go.
  void Drag(const std::string& widget, ImVec2 by) {
    const ImVec2 at = backend_.Middle(widget);
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = at;
    Draw();
    io.MouseDown[0] = true;
    Draw();
    io.MousePos = {at.x + by.x, at.y + by.y};
    Draw();
    io.MouseDown[0] = false;
    Draw();
  }

  NullBackend backend_;
  View view_;
  Probe a_{"a"}, b_{"b"}, c_{"c"};
  Layout layout_;
};

TEST_F(LayoutTest, SharesTheRoom) {
  Draw();
  EXPECT_NEAR(a_.size.x, 3 * c_.size.x, 4);
  EXPECT_NEAR(a_.size.y, b_.size.y, 2);
  EXPECT_GT(c_.size.y, a_.size.y + b_.size.y);
}

TEST_F(LayoutTest, KnowsWhatWasDrawnWhere) {
  Draw();
  const auto a = layout_.At(backend_.Middle("a")), b = layout_.At(backend_.Middle("b"));
  ASSERT_TRUE(a);
  ASSERT_TRUE(b);
  EXPECT_EQ(a->panel, &a_);
  EXPECT_EQ(b->panel, &b_);
  EXPECT_FLOAT_EQ(a->max.y - a->min.y, a_.size.y);
  EXPECT_FLOAT_EQ(a->max.x - a->min.x, a_.size.x);
  EXPECT_FALSE(layout_.At({-5, 100}));
  EXPECT_FALSE(layout_.At(backend_.Middle("a/bar"))) << "between them";
}

TEST_F(LayoutTest, BarsAreDragged) {
  Draw();
  const float wide = a_.size.x, narrow = c_.size.x;
  Drag("column/bar", {-80, 0});
  EXPECT_NEAR(a_.size.x, wide - 80, 2);
  EXPECT_NEAR(c_.size.x, narrow + 80, 2);
  const float high = a_.size.y, low = b_.size.y;
  Drag("a/bar", {0, 60});
  EXPECT_NEAR(a_.size.y, high + 60, 2);
  EXPECT_NEAR(b_.size.y, low - 60, 2);
  Drag("column/bar", {-5000, 0});
  EXPECT_GT(a_.size.x, 20) << "never nothing";
}

TEST_F(LayoutTest, SharesAreKeptAndTakenBack) {
  const std::vector<double> shares = {0.6, 0.4, 0.3, 0.7, 1};
  layout_.SetShares(shares);
  const auto kept = layout_.Shares();
  ASSERT_EQ(kept.size(), shares.size());
  for (size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(kept[i], shares[i], 1e-6);
  for (const std::vector<double>& wrong : {std::vector<double>{}, std::vector<double>{0.6, 0.4},
                                           std::vector<double>{2, -1, 9, 9, 9}}) {
    layout_.SetShares(wrong);
    EXPECT_EQ(layout_.Shares(), kept);
  }
}

TEST(Settings, AreReadAsTheyWereWritten) {
  Settings settings;
  settings.dark = false;
  settings.font_scale = 1.25;
  settings.layout = "learn";
  settings.watch = {0.5, 0.5};
  const std::string text = Settings::Describe().ToJson(settings);
  Settings back;
  Settings::Describe().FromJson(text, "test", &back);
  EXPECT_FALSE(back.dark);
  EXPECT_EQ(back.font_scale, 1.25);
  EXPECT_EQ(back.layout, "learn");
  EXPECT_THAT(back.watch, ElementsAre(0.5, 0.5));
}

}  // namespace
}  // namespace peekaboo::ui
