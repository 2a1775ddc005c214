// Improved cross-entropy method (Pinneri et al. 2020, "Sample-efficient cross-entropy method for
// real-time planning", arXiv 2008.06389): coloured noise, fewer samples each iteration, elites that
// are candidates again in the next iteration and in the next plan, a mean that moves with momentum.

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "agent/planning/candidates.h"
#include "agent/planning/noise.h"
#include "agent/planning/planner.h"

namespace peekaboo::agent {
namespace {

class ICem : public Planner {
 public:
  explicit ICem(const ICemConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream& random) const override {
    const at::NoGradGuard no_gradient;
    const int64_t size = problem.dynamics->action_size();
    const at::Tensor mixing = PowerLawNoise(problem.horizon, config_.colour);
    BestPlan best(problem);
    // Elites of the plan before, shifted: the first is its best.
    at::Tensor kept = InitialActions(problem);
    at::Tensor mean = kept[0];
    at::Tensor deviation = at::full_like(mean, config_.noise);
    Candidates last;
    for (int iteration = 0; iteration < config_.iterations; ++iteration) {
      // arXiv 2008.06389, algorithm 1: never fewer than twice the elites.
      const auto count =
          std::max<int64_t>(2 * static_cast<int64_t>(config_.elites),
                            std::llround(config_.samples * std::pow(config_.decay, -iteration)));
      std::vector<at::Tensor> parts = {kept,
                                       mean + deviation * DrawNoise(mixing, count, size, random)};
      // The mean is a candidate in the last iteration.
      if (iteration + 1 == config_.iterations) parts.push_back(mean.unsqueeze(0));
      last = best.Evaluate(at::cat(parts).clamp(-1, 1));
      best.Offer(last);
      const at::Tensor elite = last.Best(config_.elites);
      mean = config_.momentum * mean + (1 - config_.momentum) * elite.mean(0);
      deviation =
          (config_.momentum * deviation + (1 - config_.momentum) * elite.std(0, /*unbiased=*/false))
              .clamp_min(config_.least_noise);
      const auto again = std::max<int64_t>(1, std::llround(config_.kept * elite.size(0)));
      kept = elite.slice(0, 0, again);
      if (!best.Continue()) break;
    }
    return best.Finish(last, std::max<int64_t>(1, std::llround(config_.kept * config_.elites)));
  }

 private:
  ICemConfig config_;
};

}  // namespace

const ConfigDescription<ICemConfig>& ICemConfig::Describe() {
  using C = ICemConfig;
  static const auto description =
      ConfigDescription<C>("CEM that needs fewer samples.")
          .Field("samples", &C::samples, "Action sequences in the first iteration",
                 {.min = 2, .max = 1e6})
          .Field("iterations", &C::iterations, "Iterations", {.min = 1, .max = 1e4})
          .Field("elites", &C::elites, "Of the samples, the best, whose mean and deviation follow",
                 {.min = 1, .max = 1e6})
          .Field("noise", &C::noise, "Standard deviation in the first iteration",
                 {.min = 0, .max = 10})
          .Field("least_noise", &C::least_noise, "Smallest standard deviation later",
                 {.min = 0, .max = 10})
          .Field("colour", &C::colour,
                 "The noise's power falls with frequency to the power of this",
                 {.min = 0, .max = 8})
          .Field("decay", &C::decay, "Samples of an iteration over those of the next",
                 {.min = 1, .max = 100})
          .Field("kept", &C::kept, "Share of the elites that are candidates again",
                 {.min = 0, .max = 1})
          .Field("momentum", &C::momentum, "Share of the mean and deviation before in those after",
                 {.min = 0, .max = 0.999});
  return description;
}

std::unique_ptr<Planner> MakeICem(const PlannerConfig& config) {
  return std::make_unique<ICem>(config.icem);
}

}  // namespace peekaboo::agent
