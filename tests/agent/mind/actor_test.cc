// An actor with a model that learned in the test what actions do.

#include "agent/mind/actor.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/toml_file.h"
#include "tests/temp_folder.h"
#include "tests/worldmodel/acted_squares.h"
#include "worldmodel/learners/trainer.h"
#include "worldmodel/model/network.h"

namespace peekaboo::agent {
namespace {

using ::testing::HasSubstr;

/// A model that has learned to move the square.
const worldmodel::WorldModel& Trained() {
  static const worldmodel::WorldModel model = [] {
    worldmodel::ModelConfig config = worldmodel::TinyActor();
    config.transition_wide = 0;  // no lesson follows
    worldmodel::WorldModel learning(config, 1);
    worldmodel::TrainConfig train;
    train.clips = 8;
    train.frames = 12;
    train.warmup_steps = 5;
    train.learning_rate = 4e-3;
    train.acting.rollout_steps = 3;
    train.acting.straight_weight = 0;
    worldmodel::Trainer trainer(learning, train);
    constexpr int kSteps = 700;
    for (int i = 0; i < kSteps; ++i)
      trainer.Step(worldmodel::ActedSquares(learning.config(), 8, 12, i),
                   static_cast<double>(i) / kSteps);
    return learning;
  }();
  return model;
}

/// The world of the clips, which an actor moves.
struct Square {
  double x, y;
  std::vector<uint8_t> Frame() const { return worldmodel::SquareFrame(32, x, y); }
  void Step(const std::vector<float>& action) {
    x = std::clamp(x + 3 * action[0], 0.0, 32.0);
    y = std::clamp(y + 3 * action[1], 0.0, 32.0);
  }
};

class ActorTest : public ::testing::Test {
 protected:
  static ActorConfig Config() {
    ActorConfig config;
    config.planner.horizon = 3;
    config.planner.cem.samples = 64;
    return config;
  }

  /// Distance to the goal at the end, pixels.
  static double Play(const ActorConfig& config, Square square, const Square& goal,
                     int actions = 6) {
    static const auto dynamics = std::make_shared<const ModelDynamics>(Trained());
    Actor actor(dynamics, config, RandomStream(1, "actor"));
    actor.Begin(goal.Frame());
    actor.Perceive(square.Frame());
    for (int i = 0; i < actions; ++i) {
      const std::vector<float> action = actor.Act();
      for (int frame = 0; frame < 2; ++frame) {
        square.Step(action);
        actor.Perceive(square.Frame());
      }
    }
    return std::hypot(square.x - goal.x, square.y - goal.y);
  }
};

TEST_F(ActorTest, MovesTheSquareWhereThePictureShowsIt) {
  for (const char* planner : {"cem", "gradient"}) {
    ActorConfig config = Config();
    config.planner.planner = planner;
    double left = 0;
    for (const auto& [start, goal] :
         {std::pair(Square{8, 8}, Square{22, 20}), std::pair(Square{24, 10}, Square{10, 14}),
          std::pair(Square{16, 25}, Square{16, 10})})
      left += Play(config, start, goal) / 3;
    EXPECT_LT(left, 4) << planner << ": began 15 to 18 pixels away";
  }
}

TEST_F(ActorTest, ExecutesAsManyActionsOfAPlanAsItIsTold) {
  ActorConfig config = Config();
  config.execute = 2;
  const auto dynamics = std::make_shared<const ModelDynamics>(Trained());
  Actor actor(dynamics, config, RandomStream(1, "actor"));
  actor.Begin(Square{22, 22}.Frame());
  actor.Perceive(Square{8, 8}.Frame());
  const std::vector<float> first = actor.Act();
  const at::Tensor planned = actor.plan()->actions.clone();
  const std::vector<float> second = actor.Act();
  EXPECT_TRUE(at::equal(actor.plan()->actions, planned));
  EXPECT_EQ(second[0], planned[1][0].item<float>());
  actor.Act();
  EXPECT_FALSE(at::equal(actor.plan()->actions, planned)) << "a new plan";
}

TEST_F(ActorTest, NothingIsDoneThatIsNotClearlyBetterThanToRest) {
  const auto dynamics = std::make_shared<const ModelDynamics>(Trained());
  const auto first = [&](double calm, const Square& goal) {
    ActorConfig config = Config();
    config.calm = calm;
    Actor actor(dynamics, config, RandomStream(1, "actor"));
    actor.Begin(goal.Frame());
    actor.Perceive(Square{8, 8}.Frame());
    const std::vector<float> action = actor.Act();
    EXPECT_EQ(actor.plan()->actions.size(0), 3);
    EXPECT_EQ(actor.plan()->path.z.size(1), 3);
    return std::hypot(action[0], action[1]);
  };
  const Square far{22, 22}, here{8, 8};
  EXPECT_GT(first(0.2, far), 0.3);
  EXPECT_EQ(first(0.2, here), 0);
  EXPECT_GT(first(0, here), 0) << "a sample is always a little better";
  EXPECT_EQ(first(1, far), 0);
}

TEST_F(ActorTest, AModelThatOnlyWatchesCannotAct) {
  const worldmodel::WorldModel model(worldmodel::TinyModel(), 1);
  EXPECT_THAT(ErrorOf([&] { const ModelDynamics dynamics(model); }),
              HasSubstr("has learned no actions"));
}

TEST_F(ActorTest, DynamicsOfAModelChangeNothingOfIt) {
  const worldmodel::WorldModel& model = Trained();
  const ModelDynamics dynamics(model);
  EXPECT_TRUE(model.network().parameters.entries().front().weight.value.requires_grad());
}

TEST(CostSum, WeighsItsTerms) {
  CostConfig config;
  config.latent = 2;
  config.effort = 0.5;
  config.smoothness = 0.25;
  config.last = 0.5;
  CostContext context;
  context.goal.z = at::zeros({1, 2});
  const CostSum cost(config, context);
  const worldmodel::Imagined path{at::tensor({1.0f, 1.0f, 3.0f, 3.0f}).view({1, 2, 2}),
                                  at::zeros({1, 2, 0})};
  const at::Tensor actions = at::tensor({1.0f, -1.0f}).view({1, 2, 1});
  // Squared distances 1 and 9: half their mean and half the last.
  EXPECT_NEAR(cost.Score(path, actions).cost[0].item<double>(),
              2 * (0.5 * 5 + 0.5 * 9) + 0.5 * 1 + 0.25 * 4, 1e-5);
  EXPECT_FALSE(cost.Score(path, actions).constraint.defined());
}

/// Latents that are places.
CostContext Placed() {
  CostContext context;
  context.goal = {at::tensor({1.0f, 0.0f, 0.0f}).unsqueeze(0), at::empty({1, 0})};
  context.places =
      std::make_shared<PlaceReadout>(worldmodel::MlpProbe({{at::eye(3), at::zeros({3})}}));
  context.placed = {0};
  return context;
}

TEST(CostSum, ReadsPlacesInMetres) {
  CostConfig config;
  config.latent = 0;
  config.place = 2;
  const CostSum cost(config, Placed());
  const worldmodel::Imagined path{at::tensor({1.0f, 2.0f, 0.0f, 1.0f, 0.0f, 0.0f}).view({1, 2, 3}),
                                  at::zeros({1, 2, 0})};
  EXPECT_NEAR(cost.Score(path, at::zeros({1, 2, 1})).cost[0].item<double>(), 2 * 4.0 / 2, 1e-5);
}

TEST(CostSum, GuardsKeepABodyOutOrLetItOut) {
  CostContext context = Placed();
  context.guards = {{0, {0.0, 0.0}, 0.5}};
  CostSum cost({}, context);
  const auto constraint = [&](double start, double x) {
    cost.Begin(
        {at::tensor({static_cast<float>(start), 0.0f, 7.0f}).unsqueeze(0), at::empty({1, 0})});
    const worldmodel::Imagined path{at::tensor({static_cast<float>(x), 0.0f, 9.0f}).view({1, 1, 3}),
                                    at::zeros({1, 1, 0})};
    return cost.Score(path, at::zeros({1, 1, 1})).constraint[0][0].item<double>();
  };
  EXPECT_NEAR(constraint(2, 0.7), -0.2, 1e-3) << "height does not count";
  EXPECT_NEAR(constraint(2, 0.4), 0.1, 1e-3);
  EXPECT_NEAR(constraint(0.3, 0.4), -0.1, 1e-3) << "inside: outwards is allowed";
  EXPECT_NEAR(constraint(0.3, 0.2), 0.1, 1e-3) << "deeper is not";
}

TEST(Configurator, TakesSettingsOverTheTask) {
  sim::Task task;
  for (const char* plan :
       {"[plan]\nplanner = \"mppi\"\nhorizon = 5\n", "[plan]\nhorizon = 6\ncost.effort = 0.5\n"})
    task.plan.push_back(std::make_shared<TomlFile>(TomlFile::Parse(plan, "task.toml")));
  const ActorConfig config = ConfigureActor(task, {"cost.last=1", "execute=3"});
  EXPECT_EQ(config.planner.planner, "mppi");
  EXPECT_EQ(config.planner.horizon, 6);
  EXPECT_EQ(config.cost.effort, 0.5);
  EXPECT_EQ(config.cost.last, 1);
  EXPECT_EQ(config.execute, 3);
  EXPECT_THAT(ErrorOf([&] { ConfigureActor(task, {"horizn=3"}); }), HasSubstr("horizon"));
  EXPECT_THAT(ErrorOf([&] { ConfigureActor(task, {"cem.elites=1000"}); }),
              HasSubstr("plan: cem.elites"));
}

}  // namespace
}  // namespace peekaboo::agent
