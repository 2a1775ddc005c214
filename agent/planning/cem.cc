// The cross-entropy method (Rubinstein 1999; Botev et al. 2013) over action sequences.

#include <ATen/ATen.h>

#include "agent/planning/candidates.h"
#include "agent/planning/noise.h"
#include "agent/planning/planner.h"

namespace peekaboo::agent {
namespace {

class Cem : public Planner {
 public:
  explicit Cem(const CemConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream& random) const override {
    const at::NoGradGuard no_gradient;
    const int64_t size = problem.dynamics->action_size();
    const at::Tensor mixing = AutoregressiveNoise(problem.horizon, config_.correlation);
    BestPlan best(problem);
    const at::Tensor first = InitialActions(problem);
    at::Tensor mean = first[0];
    at::Tensor deviation = at::full_like(mean, config_.noise);
    Candidates last;
    for (int iteration = 0; iteration < config_.iterations; ++iteration) {
      at::Tensor samples = mean + deviation * DrawNoise(mixing, config_.samples, size, random);
      // The mean itself, and at first what is known to be good.
      const at::Tensor known = iteration == 0 ? first : mean.unsqueeze(0);
      last = best.Evaluate(at::cat({known, samples}).clamp(-1, 1));
      best.Offer(last);
      const at::Tensor elite = last.Best(config_.elites);
      mean = elite.mean(0);
      deviation = elite.std(0, /*unbiased=*/false).clamp_min(config_.least_noise);
      if (!best.Continue()) break;
    }
    best.Offer(best.Evaluate(mean.unsqueeze(0)));
    return best.Finish(last, config_.elites);
  }

 private:
  CemConfig config_;
};

}  // namespace

const ConfigDescription<CemConfig>& CemConfig::Describe() {
  using C = CemConfig;
  static const auto description =
      ConfigDescription<C>("The cross-entropy method.")
          .Field("samples", &C::samples, "Action sequences an iteration", {.min = 2, .max = 1e6})
          .Field("iterations", &C::iterations, "Iterations", {.min = 1, .max = 1e4})
          .Field("elites", &C::elites, "Of the samples, the best, whose mean and deviation follow",
                 {.min = 1, .max = 1e6})
          .Field("noise", &C::noise, "Standard deviation in the first iteration",
                 {.min = 0, .max = 10})
          .Field("least_noise", &C::least_noise, "Smallest standard deviation later",
                 {.min = 0, .max = 10})
          .Field("correlation", &C::correlation, "Of the noise, from one action to the next",
                 {.min = 0, .max = 0.999});
  return description;
}

std::unique_ptr<Planner> MakeCem(const PlannerConfig& config) {
  return std::make_unique<Cem>(config.cem);
}

}  // namespace peekaboo::agent
