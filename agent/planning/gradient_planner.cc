// Planning by gradients of the cost in the actions, through the model (LeCun 2022, "A path towards
// autonomous machine intelligence", section 3.1.2: inference of actions by optimisation).

#include <ATen/ATen.h>

#include "agent/planning/adam.h"
#include "agent/planning/candidates.h"
#include "agent/planning/lagrangian.h"
#include "agent/planning/planner.h"
#include "agent/planning/restarts.h"

namespace peekaboo::agent {
namespace {

class GradientPlanner : public Planner {
 public:
  explicit GradientPlanner(const GradientPlannerConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream& random) const override {
    const at::Tensor u =
        DrawRestarts(problem, config_.restarts, config_.noise, config_.correlation, random);
    u.requires_grad_(true);
    Adam adam(u, config_.rate);
    AugmentedLagrangian lagrangian(config_.penalty);
    BestPlan best(problem);
    Candidates last;
    for (int iteration = 0; iteration < config_.iterations; ++iteration) {
      const at::AutoGradMode gradient(true);
      const at::Tensor actions = u.tanh();
      const PathScore score =
          problem.objective->Score(problem.dynamics->Rollout(problem.start, actions), actions);
      best.Count(actions.size(0) * actions.size(1));
      last = ToCandidates(actions, score);
      best.Offer(last);
      lagrangian.Value(score).sum().backward({}, c10::nullopt, false, at::TensorList{u});
      adam.Step(u.grad());
      u.mutable_grad().reset();
      if ((iteration + 1) % config_.dual_every == 0) lagrangian.UpdateMultipliers(score);
      if (!best.Continue()) break;
    }
    last = best.Evaluate(u.detach().tanh());
    best.Offer(last);
    return best.Finish(last, config_.restarts / 2);
  }

 private:
  GradientPlannerConfig config_;
};

}  // namespace

const ConfigDescription<GradientPlannerConfig>& GradientPlannerConfig::Describe() {
  using C = GradientPlannerConfig;
  static const auto description =
      ConfigDescription<C>("Adam on the actions, through the model.")
          .Field("restarts", &C::restarts, "Action sequences that are improved side by side",
                 {.min = 1, .max = 1e5})
          .Field("iterations", &C::iterations, "Iterations of Adam", {.min = 1, .max = 1e5})
          .Field("rate", &C::rate, "Rate of Adam, on the inverse tanh of the actions",
                 {.min = 0, .max = 100})
          .Field("noise", &C::noise, "Standard deviation of what restarts begin with",
                 {.min = 0, .max = 10})
          .Field("correlation", &C::correlation, "Of that noise, from one action to the next",
                 {.min = 0, .max = 0.999})
          .Field("penalty", &C::penalty, "Rho of the augmented Lagrangian, of constraints",
                 {.min = 1e-6, .max = 1e9})
          .Field("dual_every", &C::dual_every,
                 "Iterations from one update of its multipliers to the next",
                 {.min = 1, .max = 1e5});
  return description;
}

std::unique_ptr<Planner> MakeGradientPlanner(const PlannerConfig& config) {
  return std::make_unique<GradientPlanner>(config.gradient);
}

}  // namespace peekaboo::agent
