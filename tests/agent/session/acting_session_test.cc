// A session whose infant acts. Its model has learned nothing: what counts is who moves the body
// when, not how well.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "agent/session/session.h"
#include "tests/temp_folder.h"
#include "tests/worldmodel/acted_squares.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

class ActingSessionTest : public testing::Test {
 protected:
  static SessionOptions Small() {
    SessionOptions options;
    options.simulate.image_size = options.learn.model.image_size = 32;
    options.simulate.history = 200;
    options.learn.exam = {.films = 2, .decoder_steps = 2};
    options.plan.films = 4;
    options.plan.steps = 50;
    return options;
  }

  /// A model for the tasks of the table, unless its actions have other sizes.
  std::string Model(int actions = 2) {
    worldmodel::ModelConfig config = worldmodel::TinyActor();
    config.action_size = actions;
    config.action_repeat = 1;
    std::string path = folder_ / ("actor" + std::to_string(actions) + ".safetensors");
    worldmodel::WorldModel(config, 1).Save(path);
    return path;
  }

  /// A few cheap plans, always the same.
  static void MakePlansSmall(Session* session) {
    for (const char* setting : {"cem.elites=4", "cem.samples=8", "cem.iterations=2", "horizon=3"})
      EXPECT_TRUE(session->Post(PlanCommand(command::SetPlan{setting})));
  }
  static void Post(Session* session, StageCommand command) {
    EXPECT_TRUE(session->Post(std::move(command)));
  }
  void Begin(Session* session, const std::string& scene, const std::string& model) {
    session->Post(LearnCommand(command::LoadModel{model}));
    MakePlansSmall(session);
    Post(session, command::LoadScene{scene, ""});
  }
  void Begin(Session* session, const std::string& scene = "tasks/reach") {
    Begin(session, scene, Model());
  }
  static void Tick(Session* session, int ticks) {
    for (int i = 0; i < ticks; ++i) session->Tick();
  }

  template <typename What>
  static bool Eventually(What what) {
    for (int i = 0; i < 12000; ++i) {
      if (what()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  TempFolder folder_;
};

TEST_F(ActingSessionTest, ATaskIsPlannedAndItsPlansAreCarriedOut) {
  Session session(Small());
  Begin(&session);
  Tick(&session, 2);
  const auto stage = session.stage();
  const auto plan = session.plan();
  ASSERT_TRUE(stage->goal && plan);
  EXPECT_EQ(stage->mode, Mode::kGoal) << "nobody chose: a task is carried out";
  EXPECT_EQ(plan->hindrance, "");
  EXPECT_EQ(plan->serial, session.mind()->Find(stage->moment)->observation.serial);
  EXPECT_EQ(plan->actions.size(), 3);
  EXPECT_EQ(plan->places.size(), 3) << "where it imagines the hand";
  Tick(&session, 1);
  EXPECT_EQ(session.stage()->action, plan->actions.front());
  EXPECT_EQ(session.stage()->plan_age, 0.0);
}

TEST_F(ActingSessionTest, TicksGiveTheSameEachTime) {
  const auto run = [&] {
    Session session(Small());
    Begin(&session);
    std::vector<std::vector<float>> actions;
    for (int i = 0; i < 40; ++i) {
      session.Tick();
      actions.push_back(session.stage()->action);
      actions.back().push_back(static_cast<float>(session.stage()->progress.distance));
    }
    return actions;
  };
  EXPECT_EQ(run(), run());
}

TEST_F(ActingSessionTest, EpisodesAreAsLongAsTheTaskSaysAndAreCounted) {
  Session session(Small());
  Begin(&session);
  session.Tick();
  const int actions = session.stage()->spec->scene->task.actions;
  Tick(&session, actions);
  EXPECT_EQ(session.stage()->frame, actions);
  EXPECT_EQ(session.stage()->tally.episodes, 1);
  Tick(&session, 1);
  EXPECT_EQ(session.stage()->frame, 0);
  EXPECT_EQ(session.stage()->spec->index, 1) << "the next layout";
  EXPECT_EQ(session.stage()->tally.episodes, 1);
}

TEST_F(ActingSessionTest, WhoMovesTheBodyIsChosen) {
  Session session(Small());
  Begin(&session);
  Tick(&session, 3);
  Post(&session, command::SetMode{Mode::kWatch});
  const auto at = [&] { return session.stage()->objects.front().body.x; };
  Tick(&session, 5);
  EXPECT_THAT(session.stage()->action, IsEmpty());
  EXPECT_FALSE(session.stage()->plan_age);
  const double still = at();
  Tick(&session, 3);
  EXPECT_NEAR(at(), still, 0.02) << "nobody moves the hand";
  Post(&session, command::SetMode{Mode::kPlay});
  Tick(&session, 8);
  EXPECT_GT(std::abs(at() - still), 0.01);
  Post(&session, command::LoadScene{"tasks/push", ""});
  Tick(&session, 2);
  EXPECT_EQ(session.stage()->mode, Mode::kPlay) << "what was chosen stays";
}

TEST_F(ActingSessionTest, AModelThatCannotActSaysWhyAndTheBodyRests) {
  Session session(Small());
  Begin(&session, "tasks/reach", Model(3));
  Post(&session, command::SetLockStep{true});
  Tick(&session, 6);
  EXPECT_THAT(session.plan()->hindrance, HasSubstr("acts with 3 numbers, tasks/reach with 2"));
  EXPECT_GT(session.stage()->frame, 2) << "and time goes on";
  EXPECT_THAT(session.stage()->action, Each(0.0F));
  session.Post(LearnCommand(command::LoadModel{Model()}));
  Tick(&session, 3);
  EXPECT_EQ(session.plan()->hindrance, "");
  EXPECT_TRUE(session.stage()->plan_age);
}

TEST_F(ActingSessionTest, SettingsOfPlansAreChangedAndWrongOnesRefused) {
  Session session(Small());
  Begin(&session);
  Tick(&session, 2);
  session.Post(PlanCommand(command::SetPlan{"planner=gradient"}));
  session.Post(PlanCommand(command::SetPlan{"planner=magic"}));
  session.Post(PlanCommand(command::SetPlan{"horizon=0"}));
  Tick(&session, 2);
  EXPECT_EQ(session.plan()->config.planner.planner, "gradient");
  EXPECT_EQ(session.plan()->config.planner.horizon, 3);
  const auto notices = session.notices().After(0);
  int wrong = 0;
  for (const Notice& notice : notices) wrong += notice.level == Notice::Level::kError;
  EXPECT_EQ(wrong, 2);
}

TEST_F(ActingSessionTest, AGoalIsMovedAndItsPictureWithIt) {
  Session session(Small());
  Begin(&session);
  Tick(&session, 3);
  const auto before = session.stage()->goal;
  Post(&session, command::SetPlaying{false});
  Post(&session, command::MoveGoal{"", {0.3, -0.4, 0.11}});
  Post(&session, command::MoveGoal{"block", {0, 0, 0}});
  Tick(&session, 2);
  const auto stage = session.stage();
  ASSERT_NE(stage->goal, before);
  const auto& wanted = stage->goal->layout->wanted.front().position;
  EXPECT_NEAR(wanted[0], 0.3, 1e-3);
  EXPECT_NEAR(wanted[1], -0.4, 1e-3);
  EXPECT_NE(*stage->goal->picture, *before->picture);
  EXPECT_EQ(session.plan()->goal, stage->goal) << "planned anew while time stands still";
  EXPECT_THAT(session.notices().After(0).back().text, HasSubstr("'block' is no body"));
  Post(&session, command::SetPlaying{true});
  Tick(&session, 2);
  EXPECT_EQ(session.stage()->goal, stage->goal);
  Post(&session, command::Restart{});
  Tick(&session, 1);
  EXPECT_EQ(session.stage()->goal->layout->wanted.front().position,
            before->layout->wanted.front().position);
}

TEST_F(ActingSessionTest, GoingBackForgetsPlansOfWhatIsNoLonger) {
  Session session(Small());
  Begin(&session);
  Tick(&session, 8);
  Post(&session, command::Seek{3});
  Tick(&session, 1);
  EXPECT_EQ(session.stage()->frame, 3);
  EXPECT_EQ(session.plan()->moment, 3) << "planned from where time goes on";
  Post(&session, command::SetPlaying{true});
  Tick(&session, 4);
  EXPECT_EQ(session.stage()->frame, 7);
  EXPECT_TRUE(session.stage()->plan_age);
}

TEST_F(ActingSessionTest, InLockStepTimeGoesOnWithAnotherModel) {
  Session session(Small());
  Begin(&session);
  Post(&session, command::SetLockStep{true});
  Tick(&session, 5);
  Post(&session, command::SetPlaying{false});
  Tick(&session, 1);
  const int frame = session.stage()->frame;
  session.Post(LearnCommand(command::LoadModel{Model()}));
  Tick(&session, 2);
  Post(&session, command::SetPlaying{true});
  Tick(&session, 4);
  EXPECT_EQ(session.stage()->frame, frame + 4) << "it plans from what the other model lived";
  EXPECT_EQ(session.stage()->plan_age, 0.0);
}

TEST_F(ActingSessionTest, AnEpisodeIsCountedOnceWhateverPeopleGoBackTo) {
  Session session(Small());
  Begin(&session);
  session.Tick();
  const int actions = session.stage()->spec->scene->task.actions;
  Tick(&session, actions + 3);
  EXPECT_EQ(session.stage()->tally.episodes, 1);
  Post(&session, command::Seek{actions - 4});
  Post(&session, command::SetPlaying{true});
  Tick(&session, 10);
  EXPECT_EQ(session.stage()->tally.episodes, 1);
  EXPECT_EQ(session.stage()->spec->index, 1);
}

TEST_F(ActingSessionTest, AMeetingHasNoGoalToMoveAndABodyRestsWhileItWaits) {
  Session session(Small());
  Begin(&session, "tasks/find");
  Tick(&session, 4);
  EXPECT_THAT(session.stage()->action, Each(0.0F)) << "the task begins with a wait";
  Post(&session, command::MoveGoal{"", {0, 0, 0}});
  Tick(&session, 1);
  EXPECT_THAT(session.notices().After(0).back().text, HasSubstr("no goal to be moved"));
  const int wait = session.stage()->spec->scene->task.wait;
  Tick(&session, wait);
  EXPECT_GT(session.plan()->plans, 0);
  EXPECT_TRUE(session.stage()->plan_age);
}

TEST_F(ActingSessionTest, InLockStepThreadsActByPlansOfTheMoment) {
  Session session(Small());
  Begin(&session);
  Post(&session, command::SetLockStep{true});
  Post(&session, command::SetSpeed{0});
  session.Start();
  EXPECT_TRUE(Eventually([&] { return session.plan() && session.plan()->plans > 50; }));
  session.Stop();
  EXPECT_GT(session.stage()->tally.episodes, 0);
  EXPECT_EQ(session.stage()->plan_age.value_or(0), 0.0) << "of the moment, or a first frame";
}

TEST_F(ActingSessionTest, WithoutItTimeGoesOnWithWhatIsLeftOfAPlan) {
  Session session(Small());
  Begin(&session);
  Post(&session, command::SetSpeed{1});
  session.Start();
  const auto acts = [&] {
    const auto stage = session.stage();
    return stage && stage->plan_age && *stage->plan_age < 1;
  };
  EXPECT_TRUE(Eventually(acts));
  session.Stop();
  EXPECT_GT(session.plan()->milliseconds, 0);
}

}  // namespace
}  // namespace peekaboo::agent
