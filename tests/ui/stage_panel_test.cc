// The stage's mouse: what clicks and drags on it post, on a picture drawn without a window.

#include "ui/panels/stage_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "agent/session/session.h"
#include "sim/render/gl_context.h"
#include "tests/ui/drawn.h"
#include "tests/ui/null_backend.h"
#include "ui/panels/eye_panel.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using Kind = sim::Intervention::Kind;

class StagePanelTest : public testing::Test {
 protected:
  StagePanelTest() {
    agent::SessionOptions options;
    options.simulate.views = true;
    options.learn.exam = {.films = 2, .decoder_steps = 2};
    session_ = std::make_unique<agent::Session>(options);
    session_->Post(agent::LearnCommand(
        command::LoadModel{std::string(PEEKABOO_SOURCE_DIR) + "/models/infant.safetensors"}));
    session_->Post(agent::StageCommand(command::LoadScene{"voe/support/car", ""}));
    for (int i = 0; i < 12; ++i) session_->Tick();
    Show();
    view_.theme = &DarkTheme();
    view_.post = [&](agent::Command what) { posted_.push_back(std::move(what)); };
    gl_ = sim::GlContext::Create();
    gl_->MakeCurrent();
    panel_ = std::make_unique<StagePanel>();
    Draw();
    car_ = panel_->places().at("car");
  }

  void Show() {
    view_.stage = session_->stage();
    view_.mind = session_->mind();
    view_.learning = session_->learning();
  }
  void Draw() {
    backend_.Frame([&] { panel_->Draw(view_); });
  }
  void Click(ImVec2 at) {
    backend_.Click(at, [&] { panel_->Draw(view_); });
  }
  void Drag(int button, ImVec2 from, ImVec2 to) {
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = from;
    Draw();
    io.MouseDown[button] = true;
    Draw();
    io.MousePos = to;
    Draw();
    Draw();
    io.MouseDown[button] = false;
    Draw();
    Draw();
  }
  /// The commands of this kind that were posted.
  template <typename C>
  std::vector<C> Posted() const {
    std::vector<C> found;
    for (const agent::Command& command : posted_) {
      const auto* stage = std::get_if<agent::StageCommand>(&command);
      const C* one = stage ? std::get_if<C>(stage) : nullptr;
      if (one) found.push_back(*one);
    }
    return found;
  }
  /// As the session would show it, once somebody was selected.
  void Selected(const std::string& name) {
    auto stage = std::make_shared<agent::StageSnapshot>(*view_.stage);
    stage->selected = name;
    view_.stage = stage;
  }

  NullBackend backend_;
  std::unique_ptr<agent::Session> session_;
  std::unique_ptr<sim::GlContext> gl_;
  std::unique_ptr<StagePanel> panel_;
  View view_;
  ImVec2 car_ = {};
  std::vector<agent::Command> posted_;
};

TEST_F(StagePanelTest, AWandIsWavedAtWhatIsClicked) {
  Click(car_);
  EXPECT_TRUE(posted_.empty()) << "without a wand a click does nothing";
  panel_->Wield(Kind::kVanish);
  Click(car_);
  const auto wands = Posted<command::Wand>();
  ASSERT_EQ(wands.size(), 1);
  EXPECT_EQ(wands[0].kind, Kind::kVanish);
  // What the session makes of the ray is the car.
  session_->Post(agent::StageCommand(wands[0]));
  session_->Tick();
  const auto& marks = session_->mind()->moments.back()->observation.marks;
  ASSERT_EQ(marks.size(), 1);
  EXPECT_EQ(marks[0].text, "vanish car");
  gl_->MakeCurrent();
  ImGui::GetIO().KeyShift = true;
  Click(car_);
  EXPECT_FALSE(std::get<agent::Ray>(wands[0].target).through);
  EXPECT_TRUE(std::get<agent::Ray>(Posted<command::Wand>().back().target).through);
  panel_->Wield(std::nullopt);
  Click(car_);
  EXPECT_EQ(Posted<command::Wand>().size(), 2);
}

TEST_F(StagePanelTest, TeleportAsksWhomThenWhereTo) {
  EXPECT_TRUE(panel_->WieldBy(WandShortcut(Kind::kTeleport)));
  Click({4, 4});  // beside the stage
  Click(car_);
  EXPECT_TRUE(Posted<command::Wand>().empty());
  ASSERT_EQ(Posted<command::Select>().size(), 1);
  Selected("car");
  Click({car_.x + 60, car_.y - 40});
  const auto wands = Posted<command::Wand>();
  ASSERT_EQ(wands.size(), 1);
  EXPECT_EQ(std::get<std::string>(wands[0].target), "car") << "wherever it is by now";
  ASSERT_TRUE(wands[0].place);
  EXPECT_GT((*wands[0].place)[0], view_.stage->objects[2].body.x);
  EXPECT_GT((*wands[0].place)[1], view_.stage->objects[2].body.z);
  // Whoever clicks on nobody is asked again.
  Selected("");
  Click(car_);
  Click(car_);
  EXPECT_EQ(Posted<command::Wand>().size(), 1);
}

TEST_F(StagePanelTest, AppearDropsWhatIsNotThere) {
  EXPECT_TRUE(panel_->WieldBy(WandShortcut(Kind::kAppear)));
  Draw();
  Click({car_.x, car_.y - 50});
  const auto wands = Posted<command::Wand>();
  ASSERT_EQ(wands.size(), 1);
  EXPECT_EQ(wands[0].kind, Kind::kAppear);
  const auto* name = std::get_if<std::string>(&wands[0].target);
  ASSERT_NE(name, nullptr);
  EXPECT_NE(*name, "car");
  EXPECT_TRUE(wands[0].place);
}

TEST_F(StagePanelTest, AHandPullsAndTurnsAsInMujocosViewer) {
  ImGui::GetIO().KeyCtrl = true;
  Drag(1, car_, {car_.x + 80, car_.y});
  EXPECT_TRUE(posted_.empty()) << "nobody is selected: the view shifts";
  car_ = panel_->places().at("car");
  const ImVec2 to = {car_.x + 80, car_.y - 20};
  Selected("car");
  Drag(1, car_, to);
  const auto pulls = Posted<command::Pull>();
  ASSERT_GE(pulls.size(), 1);
  EXPECT_GT(pulls.back().point[0], view_.stage->objects[2].body.x);
  EXPECT_EQ(Posted<command::LetGo>().size(), 1);
  EXPECT_TRUE(Posted<command::Twist>().empty());
  Drag(0, car_, to);
  const auto twists = Posted<command::Twist>();
  ASSERT_EQ(twists.size(), 1);
  EXPECT_GT(twists[0].by, 0) << "clockwise, to the right";
  EXPECT_EQ(Posted<command::LetGo>().size(), 2);
}

TEST_F(StagePanelTest, DraggingTurnsTheViewAndTellsNobody) {
  const ImVec2 middle = backend_.Middle("stage");
  Drag(0, middle, {middle.x + 60, middle.y});
  EXPECT_NE(panel_->places().at("car").x, car_.x);
  EXPECT_TRUE(posted_.empty());
}

TEST_F(StagePanelTest, AWandIsTakenFromTheRowAndLaidDown) {
  const auto click = [&](const char* wand) { backend_.Click(wand, [&] { panel_->Draw(view_); }); };
  click("Freeze");
  Click(car_);
  ASSERT_EQ(Posted<command::Wand>().size(), 1);
  EXPECT_EQ(Posted<command::Wand>()[0].kind, Kind::kFreeze);
  click("Freeze");
  Click(car_);
  EXPECT_EQ(Posted<command::Wand>().size(), 1);
}

TEST_F(StagePanelTest, AnAlarmFramesTheStage) {
  const ImU32 alarm = DarkTheme().alarm;
  EXPECT_EQ(Drawn().pictures(), 1) << "the stage";
  auto mind = std::make_shared<agent::MindSnapshot>(*view_.mind);
  for (const bool surprised : {false, true}) {
    auto moment = std::make_shared<agent::TimelineEntry>(*mind->moments.back());
    moment->alarm = surprised;
    mind->moments.back() = moment;
    view_.mind = mind;
    Draw();
    EXPECT_EQ(Drawn().Shapes(alarm).size(), surprised ? 1 : 0);
  }
}

class EyePanelTest : public StagePanelTest {
 protected:
  Drawn DrawEye() {
    backend_.Frame([&] { eye_.Draw(view_); });
    return Drawn();
  }
  /// Changes the moment shown.
  void Change(const std::function<void(agent::TimelineEntry*)>& change) {
    auto mind = std::make_shared<agent::MindSnapshot>(*view_.mind);
    auto moment = std::make_shared<agent::TimelineEntry>(*mind->moments.back());
    change(moment.get());
    mind->moments.back() = moment;
    view_.mind = mind;
  }
  EyePanel eye_;
};

TEST_F(EyePanelTest, ItShowsFourPicturesAndWhatTheyAre) {
  Change([](agent::TimelineEntry* moment) { moment->observation.mirrored = false; });
  const Drawn drawn = DrawEye();
  EXPECT_EQ(drawn.pictures(), 4);
  EXPECT_THAT(drawn.texts(),
              testing::ElementsAre("what it sees", "makes of it", "had expected", "surprised by"));
  Change([](agent::TimelineEntry* moment) { moment->observation.mirrored = true; });
  EXPECT_THAT(DrawEye().texts(), testing::Contains("sees, mirrored"));
  EXPECT_TRUE(posted_.empty());
}

TEST_F(EyePanelTest, WhatIsNotKnownIsAnEmptyFrame) {
  const ImU32 frame = DarkTheme().grid;
  const size_t before = DrawEye().Shapes(frame).size();
  Change([](agent::TimelineEntry* moment) { moment->reading.predicted_frame = nullptr; });
  const Drawn drawn = DrawEye();
  EXPECT_EQ(drawn.pictures(), 3);
  EXPECT_EQ(drawn.Shapes(frame).size(), before + 1);
  EXPECT_THAT(drawn.texts(), testing::Contains("had expected"));
}

}  // namespace
}  // namespace peekaboo::ui
