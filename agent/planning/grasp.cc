// Planning with lifted states (GRASP: Psenka, Rabbat, Krishnapriyan, LeCun & Bar 2026): the states
// in between are variables beside the actions, and dynamics a soft constraint, so that all actions
// of a long plan learn at once and none through a chain of models. Noise on the states explores;
// gradients reach the model's inputs only as actions, never as states; now and then the whole
// rollout is followed for a few steps, so that actions and states agree again.

#include <ATen/ATen.h>

#include "agent/planning/adam.h"
#include "agent/planning/candidates.h"
#include "agent/planning/lagrangian.h"
#include "agent/planning/noise.h"
#include "agent/planning/planner.h"
#include "agent/planning/restarts.h"

namespace peekaboo::agent {
namespace {

// Of noise that restarts begin with, and of constraints, as the gradient planner has them.
constexpr double kRestartNoise = 0.7, kCorrelation = 0.8, kPenalty = 10;

class Grasp : public Planner {
 public:
  explicit Grasp(const GraspConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream& random) const override {
    const at::Tensor u =
        DrawRestarts(problem, config_.restarts, kRestartNoise, kCorrelation, random);
    const int64_t rows = u.size(0), horizon = problem.horizon;
    const worldmodel::LatentState start = RepeatState(problem.start, rows);
    BestPlan best(problem);
    best.Offer(best.Evaluate(u.tanh()));
    worldmodel::Imagined rolled = Roll(problem, start, u.tanh(), best);
    at::Tensor z = rolled.z.clone();
    u.requires_grad_(true);
    z.requires_grad_(true);
    Adam action_adam(u, config_.action_rate), state_adam(z, config_.state_rate);
    Adam sync_adam(u, config_.action_rate);
    AugmentedLagrangian lagrangian(kPenalty);
    const at::Tensor white = at::eye(horizon);
    Candidates last;
    for (int iteration = 0; iteration < config_.iterations; ++iteration) {
      {
        const at::AutoGradMode gradient(true);
        const at::Tensor actions = u.tanh();
        // Each action by itself, from the state that is a variable; memory as it was rolled out.
        const at::Tensor z_before = at::cat({start.z.unsqueeze(1), z.detach().slice(1, 0, -1)}, 1);
        const at::Tensor h_before = at::cat({start.h.unsqueeze(1), rolled.h.slice(1, 0, -1)}, 1);
        const at::Tensor earliest = start.before.defined() ? start.before : start.z;
        const at::Tensor earlier = at::cat({earliest.unsqueeze(1), z_before.slice(1, 0, -1)}, 1);
        const auto each = [&](const at::Tensor& all) {
          return all.reshape({rows * horizon, all.size(2)});
        };
        const worldmodel::Imagined next =
            problem.dynamics->Rollout({each(z_before), each(h_before), each(earlier)},
                                      actions.reshape({rows * horizon, 1, -1}));
        best.Count(rows * horizon);
        const at::Tensor led = next.z.view({rows, horizon, -1});
        const worldmodel::Imagined path{led, next.h.view({rows, horizon, -1})};
        const PathScore score = problem.objective->Score(path, actions);
        const worldmodel::Imagined lifted{z, rolled.h};
        const PathScore wished = problem.objective->Score(lifted, actions.detach());
        const at::Tensor defect = (led - z).square().flatten(1).sum(1);
        const at::Tensor loss =
            lagrangian.Value(score) + lagrangian.Value(wished) + config_.defect_weight * defect;
        loss.sum().backward({}, c10::nullopt, false, at::TensorList{u, z});
      }
      action_adam.Step(u.grad());
      state_adam.Step(z.grad());
      u.mutable_grad().reset();
      z.mutable_grad().reset();
      {
        const at::NoGradGuard no_gradient;
        const at::Tensor noise = DrawNoise(white, rows, z.size(2), random);
        z.add_(noise, config_.state_noise);
      }
      if ((iteration + 1) % config_.sync_every == 0 || iteration + 1 == config_.iterations) {
        last = Synchronise(problem, start, u, sync_adam, lagrangian, best);
        const at::NoGradGuard no_gradient;
        rolled = Roll(problem, start, u.tanh(), best);
        z.copy_(rolled.z);
        if (!best.Continue()) break;
      }
    }
    return best.Finish(last, config_.restarts / 2);
  }

 private:
  static worldmodel::Imagined Roll(const PlanningProblem& problem,
                                   const worldmodel::LatentState& start, const at::Tensor& actions,
                                   BestPlan& best) {
    const at::NoGradGuard no_gradient;
    best.Count(actions.size(0) * actions.size(1));
    return problem.dynamics->Rollout(start, actions);
  }

  // A few steps through the whole rollout; what the actions are worth afterwards.
  Candidates Synchronise(const PlanningProblem& problem, const worldmodel::LatentState& start,
                         const at::Tensor& u, Adam& adam, AugmentedLagrangian& lagrangian,
                         BestPlan& best) const {
    for (int step = 0; step < config_.sync_steps; ++step) {
      const at::AutoGradMode gradient(true);
      const at::Tensor actions = u.tanh();
      const PathScore score =
          problem.objective->Score(problem.dynamics->Rollout(start, actions), actions);
      best.Count(actions.size(0) * actions.size(1));
      best.Offer(ToCandidates(actions, score));
      lagrangian.Value(score).sum().backward({}, c10::nullopt, false, at::TensorList{u});
      adam.Step(u.grad());
      u.mutable_grad().reset();
      lagrangian.UpdateMultipliers(score);
    }
    Candidates candidates = best.Evaluate(u.detach().tanh());
    best.Offer(candidates);
    return candidates;
  }

  GraspConfig config_;
};

}  // namespace

const ConfigDescription<GraspConfig>& GraspConfig::Describe() {
  using C = GraspConfig;
  static const auto description =
      ConfigDescription<C>("States in between are variables too.")
          .Field("restarts", &C::restarts, "Action sequences that are improved side by side",
                 {.min = 1, .max = 1e5})
          .Field("iterations", &C::iterations, "Iterations of Adam, on actions and states",
                 {.min = 1, .max = 1e5})
          .Field("action_rate", &C::action_rate, "Rate of Adam, on the inverse tanh of the actions",
                 {.min = 0, .max = 100})
          .Field("state_rate", &C::state_rate, "Rate of Adam, on the states",
                 {.min = 0, .max = 100})
          .Field("state_noise", &C::state_noise,
                 "Standard deviation of what is added to states each iteration",
                 {.min = 0, .max = 100})
          .Field("defect_weight", &C::defect_weight,
                 "Weight of the squared difference of a state from what leads to it",
                 {.min = 0, .max = 1e6})
          .Field("sync_every", &C::sync_every,
                 "Iterations from one rollout through all actions to the next",
                 {.min = 1, .max = 1e5})
          .Field("sync_steps", &C::sync_steps, "Steps of Adam through the whole rollout then",
                 {.min = 0, .max = 1e4});
  return description;
}

std::unique_ptr<Planner> MakeGrasp(const PlannerConfig& config) {
  return std::make_unique<Grasp>(config.grasp);
}

}  // namespace peekaboo::agent
