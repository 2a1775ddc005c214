// Model-predictive path integral control (Williams et al. 2017): the mean of random action
// sequences, weighted by the exponential of what they cost.

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/planning/candidates.h"
#include "agent/planning/noise.h"
#include "agent/planning/planner.h"

namespace peekaboo::agent {
namespace {

// exp(-(cost - least) / (temperature * deviation of costs)), of the admissible ones; of all by what
// they violate if none is.
at::Tensor Weights(const Candidates& candidates, double temperature) {
  const bool any = std::any_of(candidates.violation.begin(), candidates.violation.end(),
                               [](double violation) { return violation <= 0; });
  const std::vector<double>& what = any ? candidates.cost : candidates.violation;
  double least = std::numeric_limits<double>::infinity(), sum = 0, squares = 0;
  int64_t count = 0;
  const auto counts = [&](size_t row) {
    return std::isfinite(what[row]) && (!any || candidates.violation[row] <= 0);
  };
  for (size_t row = 0; row < what.size(); ++row) {
    if (!counts(row)) continue;
    least = std::min(least, what[row]);
    sum += what[row];
    squares += what[row] * what[row];
    ++count;
  }
  const at::Tensor weights = at::zeros({static_cast<int64_t>(what.size())});
  float* weight = weights.data_ptr<float>();
  if (count == 0) return weights.fill_(1.0 / static_cast<double>(what.size()));
  const double mean = sum / static_cast<double>(count);
  const double deviation =
      std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean * mean));
  const double scale = std::max(temperature * deviation, 1e-12);
  for (size_t row = 0; row < what.size(); ++row) {
    if (counts(row)) weight[row] = static_cast<float>(std::exp(-(what[row] - least) / scale));
  }
  return weights / weights.sum();
}

class Mppi : public Planner {
 public:
  explicit Mppi(const MppiConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream& random) const override {
    const at::NoGradGuard no_gradient;
    const int64_t size = problem.dynamics->action_size();
    const at::Tensor mixing = AutoregressiveNoise(problem.horizon, config_.correlation);
    BestPlan best(problem);
    const at::Tensor first = InitialActions(problem);
    at::Tensor mean = first[0];
    Candidates last;
    for (int iteration = 0; iteration < config_.iterations; ++iteration) {
      const double noise = config_.noise * std::pow(config_.noise_decay, iteration);
      const at::Tensor known = iteration == 0 ? first : mean.unsqueeze(0);
      const at::Tensor samples = mean + noise * DrawNoise(mixing, config_.samples, size, random);
      last = best.Evaluate(at::cat({known, samples}).clamp(-1, 1));
      best.Offer(last);
      mean = (Weights(last, config_.temperature).view({-1, 1, 1}) * last.actions).sum(0);
      if (!best.Continue()) break;
    }
    best.Offer(best.Evaluate(mean.unsqueeze(0)));
    return best.Finish(last, /*most=*/4);
  }

 private:
  MppiConfig config_;
};

}  // namespace

const ConfigDescription<MppiConfig>& MppiConfig::Describe() {
  using C = MppiConfig;
  static const auto description =
      ConfigDescription<C>("Model-predictive path integral control.")
          .Field("samples", &C::samples, "Action sequences an iteration", {.min = 2, .max = 1e6})
          .Field("iterations", &C::iterations, "Iterations", {.min = 1, .max = 1e4})
          .Field("noise", &C::noise, "Standard deviation", {.min = 0, .max = 10})
          .Field("noise_decay", &C::noise_decay, "Of the noise, from one iteration to the next",
                 {.min = 0.01, .max = 1})
          .Field("correlation", &C::correlation, "Of the noise, from one action to the next",
                 {.min = 0, .max = 0.999})
          .Field("temperature", &C::temperature, "In standard deviations of the costs",
                 {.min = 1e-6, .max = 1e6});
  return description;
}

std::unique_ptr<Planner> MakeMppi(const PlannerConfig& config) {
  return std::make_unique<Mppi>(config.mppi);
}

}  // namespace peekaboo::agent
