#include "ui/panels/learning_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ui/panel_fixture.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using testing::Contains;
using testing::Not;
using testing::StartsWith;

class LearningPanelTest : public PanelTest {
 protected:
  void ChangeLearning(const std::function<void(agent::LearningSnapshot*)>& change) {
    auto learning = std::make_shared<agent::LearningSnapshot>(*view_.learning);
    change(learning.get());
    view_.learning = learning;
  }
  LearningPanel panel_;
};

TEST_F(LearningPanelTest, LearningIsTurnedOnAndOff) {
  Click(&panel_, "learn (T)");
  EXPECT_TRUE(TakePosted<command::SetLearning>().on);
  ChangeLearning([](agent::LearningSnapshot* learning) { learning->on = true; });
  Click(&panel_, "learn (T)");
  EXPECT_FALSE(TakePosted<command::SetLearning>().on);
  Click(&panel_, "Newborn");
  TakePosted<command::NewModel>();
  Click(&panel_, "Save");
  EXPECT_EQ(TakePosted<command::SaveModel>().path, "peekaboo-model.safetensors");
}

TEST_F(LearningPanelTest, CurvesHaveALineForEachLoss) {
  const Theme& theme = DarkTheme();
  const auto lines = [&](const Drawn& drawn, int i) {
    return drawn.Shapes(theme.Series(i), 2 * 12).size();  // two corners a point
  };
  ChangeLearning([](agent::LearningSnapshot* learning) { learning->curve.clear(); });
  const Drawn before = Draw(&panel_);
  EXPECT_THAT(before.texts(), Contains("T lets it learn; the curves begin after ten steps."));
  EXPECT_THAT(before.texts(), Contains(testing::HasSubstr("effective rank not measured yet")));
  EXPECT_FALSE(backend_.Has("losses"));
  ChangeLearning([](agent::LearningSnapshot* learning) {
    learning->steps = 120;
    for (int i = 1; i <= 12; ++i) {
      agent::LearningPoint point;
      point.step = 10 * i;
      point.prediction = 1.0 / i;
      point.anti_collapse = 2.0 / i;
      point.copy_error = 3.0 / i;
      point.effective_rank = 17.5;
      learning->curve.push_back(point);
    }
  });
  const Drawn after = Draw(&panel_);
  for (const char* name : {"prediction", "anti-collapse", "copying", "loss", "step"})
    EXPECT_THAT(after.texts(), Contains(name));
  EXPECT_THAT(after.texts(), Contains(testing::HasSubstr("effective rank 17.5")));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(after, i), 1) << i;
  Click(&panel_, "losses/copying");
  const Drawn hidden = Draw(&panel_);
  EXPECT_EQ(lines(hidden, 1), 1);
  EXPECT_EQ(lines(hidden, 2), 0);
}

TEST_F(LearningPanelTest, CollapseIsSaid) {
  EXPECT_THAT(Draw(&panel_).texts(), Not(Contains(StartsWith("Collapse"))));
  ChangeLearning([](agent::LearningSnapshot* learning) { learning->warning = "rank 1.2 of 64"; });
  EXPECT_THAT(Draw(&panel_).texts(), Contains("Collapse: rank 1.2 of 64"));
}

TEST_F(LearningPanelTest, VersionsAreComparedAndForked) {
  auto version = std::make_shared<agent::ModelVersion>();
  version->number = 7;
  version->name = "infant + 400 steps";
  version->exam = {0.1234, 0.4, 0.5678};
  ChangeLearning([&](agent::LearningSnapshot* learning) {
    learning->curve.clear();
    learning->versions = {view_.mind->version, version};
  });
  for (int i = 0; i < 2; ++i) Draw(&panel_);
  const auto texts = Draw(&panel_).texts();
  const agent::ModelVersion& first = *view_.mind->version;
  EXPECT_THAT(texts, Contains(std::to_string(first.number) + " " + first.name + "  (watches)"));
  EXPECT_THAT(texts, Contains("7 infant + 400 steps"));
  EXPECT_THAT(texts, Contains("0.1234"));
  EXPECT_THAT(texts, Contains("0.5678"));
  EXPECT_THAT(texts, Not(Contains("0.4000")));
  Click(&panel_, "7/fork");
  EXPECT_EQ(TakePosted<command::UseVersion>().number, 7);
}

TEST_F(LearningPanelTest, WhatItIsShownIsWeighed) {
  ChangeLearning([](agent::LearningSnapshot* learning) {
    learning->curve.clear();
    learning->mixture = {{"nursery/roll", 0.25}, {"nursery/drop", 0.75}};
  });
  Click(&panel_, "What it is shown");
  EXPECT_TRUE(posted_.empty());
  Click(&panel_, "nursery/drop");
  ASSERT_FALSE(posted_.empty());
  posted_.resize(1);  // once a frame, while the button is held
  const auto set = TakePosted<command::SetWeight>();
  EXPECT_EQ(set.scene, "nursery/drop");
  EXPECT_NEAR(set.weight, 0.5, 0.03);
}

}  // namespace
}  // namespace peekaboo::ui
