// Panels read snapshots and post commands: on a backend that draws nothing, with a mouse of ours.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "agent/session/session.h"
#include "tests/ui/null_backend.h"
#include "ui/panels/controls_panel.h"
#include "ui/panels/latent_panel.h"
#include "ui/panels/learning_panel.h"
#include "ui/panels/surprise_panel.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;

class PanelTest : public testing::Test {
 protected:
  PanelTest() {
    agent::SessionOptions options;
    options.learn.exam = {.films = 2, .decoder_steps = 2};
    session_ = std::make_unique<agent::Session>(options);
    session_->Post(agent::LearnCommand(
        command::LoadModel{std::string(PEEKABOO_SOURCE_DIR) + "/models/infant.safetensors"}));
    session_->Post(agent::StageCommand(command::LoadScene{"voe/support/car", ""}));
    for (int i = 0; i < 40; ++i) session_->Tick();
    view_.stage = session_->stage();
    view_.mind = session_->mind();
    view_.learning = session_->learning();
    view_.theme = &DarkTheme();
    view_.post = [&](agent::Command what) { posted_.push_back(std::move(what)); };
  }

  /// Clicks row by row, from the left, until something is posted: on the first thing that posts.
  void ClickFirst(Panel* panel) {
    for (float y = 10; y < 200 && posted_.empty(); y += 9) {
      for (float x = 14; x < 400 && posted_.empty(); x += 14) {
        backend_.Click({x, y}, [&] { panel->Draw(view_); });
      }
    }
  }
  template <typename C>
  const C* Posted() const {
    for (const agent::Command& command : posted_) {
      if (const auto* stage = std::get_if<agent::StageCommand>(&command)) {
        if constexpr (std::is_constructible_v<agent::StageCommand, C>) {
          if (const C* found = std::get_if<C>(stage)) return found;
        }
      } else if constexpr (std::is_constructible_v<agent::LearnCommand, C>) {
        if (const C* found = std::get_if<C>(&std::get<agent::LearnCommand>(command))) return found;
      }
    }
    return nullptr;
  }

  NullBackend backend_;
  std::unique_ptr<agent::Session> session_;
  View view_;
  std::vector<agent::Command> posted_;
};

TEST_F(PanelTest, NothingIsPostedUnasked) {
  ControlsPanel controls;
  SurprisePanel surprise;
  LearningPanel learning;
  LatentPanel latent;
  for (int i = 0; i < 3; ++i) {
    backend_.Frame([&] {
      controls.Draw(view_);
      surprise.Draw(view_);
      learning.Draw(view_);
      latent.Draw(view_);
    });
  }
  EXPECT_TRUE(posted_.empty());
}

TEST_F(PanelTest, EmptySnapshotsAreNoReasonToFall) {
  ControlsPanel controls;
  SurprisePanel surprise;
  LearningPanel learning;
  LatentPanel latent;
  view_.stage = nullptr;
  view_.mind = nullptr;
  view_.learning = nullptr;
  const auto draw = [&] {
    controls.Draw(view_);
    surprise.Draw(view_);
    learning.Draw(view_);
    latent.Draw(view_);
  };
  backend_.Frame(draw);
  view_.stage = std::make_shared<const agent::StageSnapshot>();
  view_.mind = std::make_shared<const agent::MindSnapshot>();
  view_.learning = std::make_shared<const agent::LearningSnapshot>();
  backend_.Frame(draw);
  EXPECT_EQ(view_.moment(), nullptr);
}

TEST_F(PanelTest, PauseIsTheFirstButtonOfTheScene) {
  ControlsPanel controls;
  ClickFirst(&controls);
  const auto* playing = Posted<command::SetPlaying>();
  ASSERT_NE(playing, nullptr);
  EXPECT_FALSE(playing->playing);
}

TEST_F(PanelTest, AClickIntoTheStripGoesToThatMoment) {
  SurprisePanel surprise;
  backend_.Frame([&] { surprise.Draw(view_); });
  backend_.Click({400, 300}, [&] { surprise.Draw(view_); });
  const auto* seek = Posted<command::Seek>();
  ASSERT_NE(seek, nullptr);
  EXPECT_GT(seek->moment, 0);
  EXPECT_EQ(posted_.size(), 1) << "once, while the button is held";
}

TEST_F(PanelTest, AClickOnAPointOfThePathGoesToItsMoment) {
  LatentPanel latent;
  const auto draw = [&] { latent.Draw(view_); };
  backend_.Frame(draw);
  for (float y = 60; y < 590 && posted_.empty(); y += 12) {
    for (float x = 14; x < 790 && posted_.empty(); x += 12) backend_.Click({x, y}, draw);
  }
  const auto* seek = Posted<command::Seek>();
  ASSERT_NE(seek, nullptr);
  const agent::TimelineEntry* moment = view_.mind->Find(seek->moment);
  ASSERT_NE(moment, nullptr);
  EXPECT_EQ(moment->observation.episode, view_.moment()->observation.episode);
}

TEST_F(PanelTest, TheMouseOnAMomentIsTold) {
  SurprisePanel surprise;
  std::optional<int64_t> hovered;
  view_.hover = [&](int64_t moment) { hovered = moment; };
  const auto draw = [&] { surprise.Draw(view_); };
  backend_.Frame(draw);
  EXPECT_FALSE(hovered.has_value());
  ImGui::GetIO().MousePos = {120, 300};
  backend_.Frame(draw);
  backend_.Frame(draw);
  ASSERT_TRUE(hovered.has_value());
  view_.hovered = hovered;
  backend_.Frame(draw);
  EXPECT_TRUE(posted_.empty());
}

TEST_F(PanelTest, LearningIsTurnedOn) {
  LearningPanel learning;
  ClickFirst(&learning);
  const auto* on = Posted<command::SetLearning>();
  ASSERT_NE(on, nullptr);
  EXPECT_TRUE(on->on);
}

TEST_F(PanelTest, TheMomentShownIsNeverBeyondWhatWasSeen) {
  auto stage = std::make_shared<agent::StageSnapshot>(*view_.stage);
  stage->moment += 1;  // the stage is a frame ahead of the eye
  view_.stage = stage;
  ASSERT_NE(view_.moment(), nullptr);
  EXPECT_EQ(view_.moment()->observation.moment, stage->moment - 1);
}

}  // namespace
}  // namespace peekaboo::ui
