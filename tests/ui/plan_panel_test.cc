#include "ui/panels/plan_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ui/panel_fixture.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using agent::Mode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PlanPanelTest : public PanelTest {
 protected:
  /// A task, as its stage was begun by a session of its own.
  void ShowTask(const std::string& scene = "tasks/reach") {
    session_->Post(agent::StageCommand(command::LoadScene{scene, ""}));
    for (int i = 0; i < 3; ++i) session_->Tick();
    view_.stage = session_->stage();
    view_.mind = session_->mind();
    auto plan = std::make_shared<agent::PlanSnapshot>();
    plan->serial = 0;
    plan->goal = view_.stage->goal;
    plan->costs = {3, 2, 1.5};
    plan->milliseconds = 41;
    view_.plan = plan;
  }
  void ChangePlan(const std::function<void(agent::PlanSnapshot*)>& change) {
    auto plan = std::make_shared<agent::PlanSnapshot>(*view_.plan);
    change(plan.get());
    view_.plan = plan;
  }
  PlanPanel panel_;
};

TEST_F(PlanPanelTest, WithNothingToShowItSaysWhy) {
  EXPECT_THAT(Draw(&panel_).texts(),
              ElementsAre("Nothing here can act", "Open a task: Ctrl+O, then tasks/push."));
  ShowTask("play/table");
  EXPECT_THAT(Draw(&panel_).texts(), Contains("This scene has no goal"));
  view_.stage = nullptr;
  EXPECT_THAT(Draw(&panel_).texts(), Contains("No scene yet"));
}

TEST_F(PlanPanelTest, ModesAndWaitingAreChosen) {
  ShowTask();
  Click(&panel_, "play");
  EXPECT_EQ(TakePosted<command::SetMode>().mode, Mode::kPlay);
  Click(&panel_, "watch");
  EXPECT_EQ(TakePosted<command::SetMode>().mode, Mode::kWatch);
  Click(&panel_, "goal");
  EXPECT_EQ(TakePosted<command::SetMode>().mode, Mode::kGoal);
  Click(&panel_, "wait for plans");
  EXPECT_TRUE(TakePosted<command::SetLockStep>().on);
  ChangeStage([](agent::StageSnapshot* stage) { stage->lock_step = true; });
  Click(&panel_, "wait for plans");
  EXPECT_FALSE(TakePosted<command::SetLockStep>().on);
}

TEST_F(PlanPanelTest, ThePlannerIsChosen) {
  ShowTask();
  Click(&panel_, "planner");
  Click(&panel_, "planner/gradient");
  EXPECT_EQ(TakePosted<command::SetPlan>().setting, "planner=gradient");
  Click(&panel_, "actions ahead");
  ASSERT_FALSE(posted_.empty());
  EXPECT_THAT(std::get<command::SetPlan>(std::get<agent::PlanCommand>(posted_.front())).setting,
              testing::StartsWith("horizon="));
}

TEST_F(PlanPanelTest, HowFarItHasComeIsSaid) {
  ShowTask();
  ChangeStage([](agent::StageSnapshot* stage) {
    stage->progress.distance = 0.42;
    stage->plan_age = 0.15;
    stage->tally = {.episodes = 4, .ended_solved = 3};
  });
  const auto texts = Draw(&panel_).texts();
  EXPECT_THAT(texts, Contains("not yet solved"));
  EXPECT_THAT(texts, Contains("hand: 0.42 m to go"));
  EXPECT_THAT(texts, Contains("3 of 4 episodes solved at their end"));
  EXPECT_THAT(texts, Contains("a plan takes 41 ms"));
  EXPECT_THAT(texts, Contains("acts by a plan from 0.15 s ago"));
  EXPECT_THAT(texts, Contains("cost"));
  EXPECT_THAT(texts, Not(Contains(HasSubstr("forbidden"))));
  ChangeStage([](agent::StageSnapshot* stage) {
    stage->progress.success = stage->progress.intruded = true;
    stage->plan_age.reset();
    stage->waits = true;
  });
  const auto later = Draw(&panel_).texts();
  EXPECT_THAT(later, Contains("solved"));
  EXPECT_THAT(later, Contains("it was in a forbidden zone"));
  EXPECT_THAT(later, Contains("waits for a plan"));
}

TEST_F(PlanPanelTest, WhyItCannotPlanIsSaid) {
  ShowTask();
  EXPECT_THAT(Draw(&panel_).texts(), Not(Contains(HasSubstr("cannot plan"))));
  ChangePlan([](agent::PlanSnapshot* plan) { plan->hindrance = "a model of watching"; });
  EXPECT_THAT(Draw(&panel_).texts(), Contains("It cannot plan: a model of watching"));
  ChangePlan([](agent::PlanSnapshot* plan) { plan->doing = "gets ready"; });
  EXPECT_THAT(Draw(&panel_).texts(), Contains("gets ready"));
}

}  // namespace
}  // namespace peekaboo::ui
