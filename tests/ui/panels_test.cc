// What all panels have in common, and the panel of the scene. The others have files of their own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "tests/ui/panel_fixture.h"
#include "ui/panels/controls_panel.h"
#include "ui/panels/eye_panel.h"
#include "ui/panels/latent_panel.h"
#include "ui/panels/learning_panel.h"
#include "ui/panels/stage_panel.h"
#include "ui/panels/surprise_panel.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

class PanelsTest : public PanelTest {
 protected:
  ControlsPanel controls_;
  SurprisePanel surprise_;
  LearningPanel learning_;
  LatentPanel latent_;
};

TEST_F(PanelsTest, NothingIsPostedUnasked) {
  for (int i = 0; i < 3; ++i) {
    backend_.Frame([&] {
      controls_.Draw(view_);
      surprise_.Draw(view_);
      learning_.Draw(view_);
      latent_.Draw(view_);
    });
  }
  EXPECT_TRUE(posted_.empty());
}

TEST_F(PanelsTest, WithNothingToShowTheySayWhy) {
  StagePanel stage;
  EyePanel eye;
  const auto expect = [&](Panel* panel, const char* why, const char* what_to_do) {
    EXPECT_THAT(Draw(panel).texts(), ElementsAre(why, what_to_do)) << panel->title();
  };
  const auto expect_all_but_learning = [&] {
    expect(&stage, "No scene yet",
           "Ctrl+O opens one; or drop a scene (.toml) or a stage (.xml) on the window.");
    expect(&eye, "Nothing has been seen yet", "It sees what plays on the stage.");
    expect(&controls_, "No scene yet", "Time and factors of the one that plays will be here.");
    expect(&surprise_, "Nothing has been seen yet", "It begins to look as soon as a scene plays.");
    expect(&latent_, "Nothing has been perceived yet",
           "It takes a scene, and a model (.safetensors) dropped on the window.");
  };
  view_.stage = nullptr;
  view_.mind = nullptr;
  view_.learning = nullptr;
  expect_all_but_learning();
  expect(&learning_, "The nursery is being prepared", "It takes a second or two.");
  view_.stage = std::make_shared<const agent::StageSnapshot>();
  view_.mind = std::make_shared<const agent::MindSnapshot>();
  view_.learning = std::make_shared<const agent::LearningSnapshot>();
  expect_all_but_learning();
  const auto learning = Draw(&learning_).texts();
  EXPECT_THAT(learning, Contains(StartsWith("step 0   0 frames/s")));
  EXPECT_THAT(learning, Contains("T lets it learn; the curves begin after ten steps."));
  EXPECT_EQ(view_.moment(), nullptr);
}

TEST_F(PanelsTest, WithoutAModelOrItsReadoutTheySayWhy) {
  ChangeMoment(view_.mind->moments.size() - 1,
               [](agent::TimelineEntry* moment) { moment->reading.here.clear(); });
  EXPECT_THAT(Draw(&latent_).texts(),
              ElementsAre("The model is being examined", "Its axes are known in some seconds."));
  ChangeMind([](agent::MindSnapshot* mind) { mind->version = nullptr; });
  EXPECT_THAT(Draw(&surprise_).texts(), Contains("Nobody watches"));
  EXPECT_THAT(Draw(&latent_).texts(), Contains("Nothing has been perceived yet"));
}

TEST_F(PanelsTest, TheMomentShownIsNeverBeyondWhatWasSeen) {
  // The stage is a frame ahead of the eye.
  ChangeStage([](agent::StageSnapshot* stage) { stage->moment += 1; });
  ASSERT_NE(view_.moment(), nullptr);
  EXPECT_EQ(view_.moment()->observation.moment, view_.stage->moment - 1);
}

TEST_F(PanelsTest, TheSceneHasButtonsForTime) {
  Click(&controls_, "Pause");
  EXPECT_FALSE(TakePosted<command::SetPlaying>().playing);
  Click(&controls_, "<");
  EXPECT_EQ(TakePosted<command::Step>().frames, -1);
  Click(&controls_, ">");
  EXPECT_EQ(TakePosted<command::Step>().frames, 1);
  Click(&controls_, "Again");
  TakePosted<command::Restart>();
  Click(&controls_, "Next draw");
  EXPECT_EQ(TakePosted<command::Reseed>().index, std::nullopt);
  ChangeStage([](agent::StageSnapshot* stage) { stage->playing = false; });
  Click(&controls_, "Play");
  EXPECT_TRUE(TakePosted<command::SetPlaying>().playing);
}

TEST_F(PanelsTest, TheSceneHasListsForTime) {
  Click(&controls_, "speed");
  Click(&controls_, "speed/2 x");
  EXPECT_EQ(TakePosted<command::SetSpeed>().factor, 2);
  Click(&controls_, "at the end");
  Click(&controls_, "at the end/again");
  EXPECT_EQ(TakePosted<command::SetOnEpisodeEnd>().on_episode_end, command::OnEpisodeEnd::kAgain);
}

TEST_F(PanelsTest, FactorsAreFoundAndSet) {
  EXPECT_THAT(Draw(&controls_).texts(), Contains("stage.gravity"));
  Click(&controls_, "filter");
  ImGui::GetIO().AddInputCharactersUTF8("gravi");
  Draw(&controls_);
  const Drawn found = Draw(&controls_);
  EXPECT_THAT(found.texts(), Contains("stage.gravity"));
  EXPECT_THAT(found.texts(), Not(Contains("time step")));
  for (const agent::FactorRange& factor : view_.stage->spec->factors) {
    const bool wanted = factor.key.find("gravi") != std::string::npos;
    EXPECT_EQ(backend_.Has(factor.key + "/value"), wanted) << factor.key;
  }
  EXPECT_TRUE(posted_.empty());
  Click(&controls_, "stage.gravity/value");
  ASSERT_FALSE(posted_.empty());
  posted_.resize(1);  // once a frame, while the button is held
  const auto set = TakePosted<command::SetFactor>();
  EXPECT_EQ(set.key, "stage.gravity");
  const auto range =
      std::find_if(view_.stage->spec->factors.begin(), view_.stage->spec->factors.end(),
                   [](const auto& factor) { return factor.key == "stage.gravity"; });
  EXPECT_NEAR(std::get<double>(set.value), (range->low + range->high) / 2,
              0.03 * (range->high - range->low));
}

}  // namespace
}  // namespace peekaboo::ui
