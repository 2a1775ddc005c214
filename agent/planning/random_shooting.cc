// Random shooting: the best of many random action sequences. What other planners have to beat.

#include <ATen/ATen.h>

#include "agent/planning/candidates.h"
#include "agent/planning/noise.h"
#include "agent/planning/planner.h"

namespace peekaboo::agent {
namespace {

class RandomShooting : public Planner {
 public:
  explicit RandomShooting(const RandomShootingConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream& random) const override {
    const at::NoGradGuard no_gradient;
    const int64_t size = problem.dynamics->action_size();
    const at::Tensor mixing = AutoregressiveNoise(problem.horizon, config_.correlation);
    BestPlan best(problem);
    if (problem.initial.defined()) best.Offer(best.Evaluate(problem.initial.clamp(-1, 1)));
    Candidates last;
    for (int iteration = 0; iteration < config_.iterations; ++iteration) {
      const at::Tensor samples = config_.noise * DrawNoise(mixing, config_.samples, size, random);
      last = best.Evaluate(samples.clamp(-1, 1));
      best.Offer(last);
      if (!best.Continue()) break;
    }
    return best.Finish(last, /*most=*/1);
  }

 private:
  RandomShootingConfig config_;
};

}  // namespace

const ConfigDescription<RandomShootingConfig>& RandomShootingConfig::Describe() {
  using C = RandomShootingConfig;
  static const auto description =
      ConfigDescription<C>("The best of random action sequences.")
          .Field("samples", &C::samples, "Action sequences an iteration", {.min = 1, .max = 1e6})
          .Field("iterations", &C::iterations, "Iterations", {.min = 1, .max = 1e4})
          .Field("noise", &C::noise, "Standard deviation", {.min = 0, .max = 10})
          .Field("correlation", &C::correlation, "Of the noise, from one action to the next",
                 {.min = 0, .max = 0.999});
  return description;
}

std::unique_ptr<Planner> MakeRandomShooting(const PlannerConfig& config) {
  return std::make_unique<RandomShooting>(config.random);
}

}  // namespace peekaboo::agent
