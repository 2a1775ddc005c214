// Planners on problems whose optima are known.

#include "agent/planning/planner.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

#include "base/error.h"
#include "tests/agent/planning/known_problems.h"

namespace peekaboo::agent {
namespace {

using ::testing::HasSubstr;

class EachPlanner : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Planner> Make(PlannerConfig config = {}) const {
    config.planner = GetParam();
    return MakePlanner(config, /*differentiable=*/true);
  }
};

INSTANTIATE_TEST_SUITE_P(All, EachPlanner, ::testing::ValuesIn(PlannerNames()),
                         [](const auto& info) { return info.param; });

/// A cart on a line, [place, speed], a force on it, steps of 0.5 s: the linear-quadratic regulator
/// over `horizon` actions, which has one optimum in closed form.
struct Regulator {
  int64_t horizon = 6;
  at::Tensor a = at::tensor({1.0f, 0.5f, 0.0f, 1.0f}).view({2, 2});
  at::Tensor b = at::tensor({0.125f, 0.5f}).view({2, 1});
  double action_weight = 0.5;
  LinearDynamics dynamics{a, b};
  FunctionObjective objective{[this](const at::Tensor& z, const at::Tensor& actions) {
    return PathScore{z.square().sum({1, 2}) + action_weight * actions.square().sum({1, 2}), {}};
  }};

  PlanningProblem Problem() const {
    return {&dynamics, &objective, StateOf({2.4f, -1.2f}), horizon};
  }

  /// min over u of |F x + G u|^2 + w |u|^2 is at (G^T G + w I) u = -G^T F x.
  std::pair<at::Tensor, double> Optimum() const {
    const at::Tensor x = Problem().start.z[0].to(at::kDouble), step = a.to(at::kDouble);
    std::vector<at::Tensor> free, rows;
    at::Tensor power = at::eye(2, at::kDouble);
    std::vector<at::Tensor> powers;
    for (int64_t k = 0; k < horizon; ++k) powers.push_back(power), power = step.matmul(power);
    const at::Tensor g = at::zeros({2 * horizon, horizon}, at::kDouble);
    at::Tensor now = x;
    for (int64_t k = 0; k < horizon; ++k) {
      now = step.matmul(now);
      free.push_back(now);
      for (int64_t j = 0; j <= k; ++j)
        g.slice(0, 2 * k, 2 * k + 2)
            .select(1, j)
            .copy_(powers[k - j].matmul(b.to(at::kDouble)).select(1, 0));
    }
    const at::Tensor f = at::cat(free);
    const at::Tensor u = at::linalg_solve(
        g.t().matmul(g) + action_weight * at::eye(horizon, at::kDouble), -g.t().matmul(f));
    const at::Tensor cost = (f + g.matmul(u)).square().sum() + action_weight * u.square().sum();
    return {u.to(at::kFloat), cost.item<double>()};
  }
};

TEST(KnownOptimum, OfTheRegulatorIsInsideTheLimits) {
  const auto [u, cost] = Regulator().Optimum();
  EXPECT_LT(u.abs().max().item<double>(), 0.95);
  EXPECT_GT(u.abs().max().item<double>(), 0.2);
}

TEST_P(EachPlanner, SolvesTheLinearQuadraticRegulator) {
  const Regulator regulator;
  const auto [u, cost] = regulator.Optimum();
  PlannerConfig config;
  config.gradient.iterations = 200;
  config.gradient.rate = 0.05;
  config.grasp.iterations = 300;
  config.grasp.action_rate = 0.05;
  config.cem.iterations = 20;
  config.cem.least_noise = 1e-3;
  config.icem.iterations = 20;
  config.icem.least_noise = 1e-3;
  config.icem.decay = 1;
  config.icem.colour = 0.5;
  config.mppi.iterations = 30;
  config.mppi.noise_decay = 0.9;
  config.random.samples = 4000;
  config.tree.hold = 1;
  config.tree.width = 1000;
  RandomStream random(1, "planner");
  const Plan plan = Make(config)->Solve(regulator.Problem(), random);
  EXPECT_TRUE(plan.admissible());
  EXPECT_EQ(plan.actions.sizes(), (std::vector<int64_t>{6, 1}));
  EXPECT_GE(plan.cost, cost * (1 - 1e-5));
  // Random shooting finds no narrow optimum, a tree of full speeds has only them, and lifted states
  // are each drawn to the goal, whatever that costs later.
  const bool coarse = GetParam() == "random" || GetParam() == "tree";
  const double most = coarse ? 1.3 : GetParam() == "grasp" ? 1.05 : 1.01;
  EXPECT_LT(plan.cost, cost * most) << "optimum " << cost;
  if (most < 1.02) {
    EXPECT_LT((plan.actions.select(1, 0) - u).abs().max().item<double>(), 0.25);
  }
  // The path is that of the actions.
  const auto path =
      regulator.dynamics.Rollout(regulator.Problem().start, plan.actions.unsqueeze(0));
  EXPECT_TRUE(at::equal(path.z, plan.path.z));
}

/// A point in the plane that moves by up to 0.2 an action.
LinearDynamics Point() { return {at::eye(2), 0.2 * at::eye(2)}; }

/// From (-1, 0) to (1, 0), round a disc of radius 0.5 in the middle; the straight way is barred.
struct TwoWays {
  LinearDynamics dynamics = Point();
  FunctionObjective objective{[](const at::Tensor& z, const at::Tensor&) {
    const at::Tensor goal = at::tensor({1.0f, 0.0f});
    return PathScore{(z - goal).square().sum(2).mean(1), 0.5 - (z.square().sum(2) + 1e-9).sqrt()};
  }};
  PlanningProblem Problem() const { return {&dynamics, &objective, StateOf({-1, 0}), 16}; }
};

TEST_P(EachPlanner, GoesRoundWhatIsBarred) {
  if (GetParam() == "random") GTEST_SKIP() << "a fortunate sequence of 16 actions is too rare";
  const TwoWays ways;
  PlannerConfig config;
  config.gradient.iterations = 150;
  config.gradient.rate = 0.1;
  config.grasp.iterations = 200;
  config.cem.iterations = 30;
  config.cem.samples = 300;
  config.icem.iterations = 30;
  config.icem.samples = 300;
  config.mppi.iterations = 40;
  config.mppi.samples = 300;
  config.mppi.noise_decay = 0.95;
  RandomStream random(2, "planner");
  const Plan plan = Make(config)->Solve(ways.Problem(), random);
  EXPECT_TRUE(plan.admissible()) << plan.violation;
  const at::Tensor z = plan.path.z[0];
  EXPECT_GE(z.square().sum(1).sqrt().min().item<double>(), 0.5 - 1e-5);
  const at::Tensor left = (z[15] - at::tensor({1.0f, 0.0f})).norm();
  EXPECT_LT(left.item<double>(), 0.6) << "not past it: " << z;
}

TEST(GradientPlanner, AloneSticksBeforeWhatIsBarred) {
  const TwoWays ways;
  PlannerConfig config;
  config.planner = "gradient";
  config.gradient.restarts = 1;
  config.gradient.iterations = 150;
  config.gradient.rate = 0.1;
  RandomStream random(2, "planner");
  const Plan plan = MakePlanner(config, true)->Solve(ways.Problem(), random);
  EXPECT_TRUE(plan.admissible());
  EXPECT_LT(plan.path.z[0][15][0].item<double>(), 0) << "there is no reason to go up or down";
}

TEST(TreeSearch, FindsTheFurthestPlaceWhereACartCanStandStill) {
  // Steps of 1 s, force of at most 1: full speed for four, full brake for four, 16 away.
  const LinearDynamics cart(at::tensor({1.0f, 1.0f, 0.0f, 1.0f}).view({2, 2}),
                            at::tensor({0.5f, 1.0f}).view({2, 1}));
  const FunctionObjective there([](const at::Tensor& z, const at::Tensor&) {
    const at::Tensor last = z.select(1, -1);
    return PathScore{(last - at::tensor({16.0f, 0.0f})).square().sum(1), {}};
  });
  PlannerConfig config;
  config.planner = "tree";
  config.tree.hold = 2;
  config.tree.width = 81;
  RandomStream random(1, "planner");
  const Plan plan = MakePlanner(config, false)->Solve({&cart, &there, StateOf({0, 0}), 8}, random);
  EXPECT_EQ(plan.cost, 0);
  EXPECT_TRUE(at::equal(plan.actions.select(1, 0),
                        at::tensor({1.0f, 1.0f, 1.0f, 1.0f, -1.0f, -1.0f, -1.0f, -1.0f})));
}

TEST_P(EachPlanner, SaysSoWhenEveryWayIsBarred) {
  const LinearDynamics point = Point();
  const FunctionObjective objective([](const at::Tensor& z, const at::Tensor&) {
    // x must be above 5, which is out of reach; cost would have it go back.
    return PathScore{z.select(2, 0).sum(1), 5 - z.select(2, 0)};
  });
  PlannerConfig config;
  config.gradient.iterations = 60;
  config.cem.iterations = 20;
  config.icem.iterations = 20;
  config.mppi.iterations = 20;
  RandomStream random(3, "planner");
  const Plan plan = Make(config)->Solve({&point, &objective, StateOf({0, 0}), 4}, random);
  EXPECT_FALSE(plan.admissible());
  // The least that can be violated is 18: forth at full speed.
  EXPECT_GE(plan.violation, 18 - 1e-4);
  EXPECT_LT(plan.violation, GetParam() == "random" ? 19.5 : 18.4);
}

TEST_P(EachPlanner, TakesWhatIsNotANumberForTheWorst) {
  const LinearDynamics point = Point();
  const FunctionObjective objective([](const at::Tensor& z, const at::Tensor&) {
    const at::Tensor x = z.select(1, -1).select(1, 0);
    const at::Tensor nan = at::full_like(x, std::numeric_limits<float>::quiet_NaN());
    return PathScore{at::where(x > 0.1, nan, (x - 1).square()), {}};
  });
  RandomStream random(4, "planner");
  const Plan plan = Make()->Solve({&point, &objective, StateOf({0, 0}), 4}, random);
  EXPECT_TRUE(std::isfinite(plan.cost));
  EXPECT_LE(plan.cost, 1.0001);
  EXPECT_FALSE(plan.actions.isnan().any().item<bool>());
}

TEST_P(EachPlanner, HasAPlanWhenTimeIsOutAtOnce) {
  const TwoWays ways;
  PlanningProblem problem = ways.Problem();
  int asked = 0;
  problem.out_of_time = [&] { return ++asked, true; };
  RandomStream random(5, "planner");
  const Plan plan = Make()->Solve(problem, random);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(plan.cut_short);
  EXPECT_EQ(plan.actions.size(0), 16);
  EXPECT_EQ(plan.costs.size(), 1);
}

TEST_P(EachPlanner, NeverGivesLessThanWhatItBeganWith) {
  const Regulator regulator;
  PlanningProblem problem = regulator.Problem();
  const auto [u, cost] = regulator.Optimum();
  problem.initial = at::stack({u.unsqueeze(1), at::zeros({6, 1})});
  RandomStream random(6, "planner");
  const Plan plan = Make()->Solve(problem, random);
  EXPECT_LT(plan.cost, cost * 1.001);
}

TEST_P(EachPlanner, GivesTheSamePlanForTheSameNumbers) {
  const TwoWays ways;
  const auto solve = [&](uint64_t seed) {
    RandomStream random(seed, "planner");
    return Make()->Solve(ways.Problem(), random);
  };
  const Plan one = solve(7), same = solve(7), other = solve(8);
  EXPECT_TRUE(at::equal(one.actions, same.actions));
  EXPECT_TRUE(at::equal(one.candidates, same.candidates));
  EXPECT_EQ(one.costs, same.costs);
  if (GetParam() != "tree") {
    EXPECT_FALSE(at::equal(one.candidates, other.candidates));
  }
}

TEST_P(EachPlanner, KeepsActionsWithinTheLimitsAndSaysHowMuchItImagined) {
  const TwoWays ways;
  RandomStream random(9, "planner");
  const Plan plan = Make()->Solve(ways.Problem(), random);
  EXPECT_LE(plan.actions.abs().max().item<double>(), 1);
  EXPECT_LE(plan.candidates.abs().max().item<double>(), 1);
  EXPECT_TRUE(at::equal(plan.candidates[0], plan.actions));
  EXPECT_GT(plan.transitions, 16 * 8);
  EXPECT_FALSE(plan.cut_short);
  for (size_t i = 1; i < plan.costs.size(); ++i) EXPECT_LE(plan.costs[i], plan.costs[i - 1]);
}

TEST(Planners, RefusesAnUnknownNameAndGradientsThatAreNotThere) {
  PlannerConfig config;
  config.planner = "cme";
  const auto message = [&](bool differentiable) {
    try {
      MakePlanner(config, differentiable);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message(true), HasSubstr("'cme' is none of gradient, grasp, cem"));
  config.planner = "gradient";
  EXPECT_THAT(message(false), HasSubstr("follows gradients"));
  EXPECT_EQ(message(true), "");
}

TEST(Planners, RefusesMoreElitesThanSamples) {
  PlannerConfig config;
  config.cem.samples = 10;
  EXPECT_THROW(config.Validate("plan"), UserError);
  config.cem.elites = 10;
  config.Validate("plan");
}

TEST(Planners, ShiftsActions) {
  const at::Tensor actions = at::arange(6, at::kFloat).view({1, 3, 2});
  EXPECT_TRUE(at::equal(ShiftActions(actions, 1),
                        at::tensor({2.0f, 3.0f, 4.0f, 5.0f, 0.0f, 0.0f}).view({1, 3, 2})));
  EXPECT_TRUE(at::equal(ShiftActions(actions, 9), at::zeros({1, 3, 2})));
}

}  // namespace
}  // namespace peekaboo::agent
