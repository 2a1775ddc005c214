#include "app/bench_planning.h"

#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "agent/mind/cost.h"
#include "agent/mind/model_dynamics.h"
#include "agent/planning/planner.h"
#include "agent/planning/planner_config.h"
#include "base/random.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/gemm_probe.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::app {
namespace {

constexpr int kActions = 3;

/// Multiplications and additions of the matrix products of one imagined action. Of a grid of 4 x 4
/// patches 100 of 144 windows' parts lie inside.
double OperationsOfAction(const worldmodel::ModelConfig& m) {
  const double side = m.Grid(), inside = (3 * side - 2) * (3 * side - 2);
  const double hidden = m.transition_hidden, channels = m.patch_channels, memory = m.memory_size;
  const double local = inside * hidden * (channels + hidden) + m.Patches() * hidden * channels +
                       hidden * (memory + m.action_size);
  const double wide = m.transition_wide, inner = m.transition_state, latent = m.LatentSize();
  if (wide > 0) return 2 * (wide * (2 * inner + m.action_size) + inner * (latent + memory));
  return 2 * (local + 3 * memory * (latent + memory));
}

struct Imagination {
  explicit Imagination(const worldmodel::ModelConfig& config)
      : dynamics(worldmodel::WorldModel(config, 0)),
        start{at::randn({1, config.LatentSize()}), at::zeros({1, config.memory_size})} {}

  agent::ModelDynamics dynamics;
  worldmodel::LatentState start;
};

void CountTransitions(benchmark::State& state, const worldmodel::ModelConfig& model, double count) {
  state.counters["transitions/s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  // Of the way ahead alone: gradients take two more.
  state.counters["GFLOP/s"] =
      benchmark::Counter(count * OperationsOfAction(model) / 1e9, benchmark::Counter::kIsRate);
  const worldmodel::GemmRate gemm = worldmodel::MeasureGemm();
  const bool bf16 = model.ProductPrecision() == worldmodel::Precision::kBf16;
  state.counters["GEMM_GFLOP/s"] = bf16 ? gemm.bf16 : gemm.f32;
}

/// A plan from nothing: squared distance of latents to a goal's, no constraints.
void MakePlans(benchmark::State& state, const worldmodel::ModelConfig& model,
               const agent::PlannerConfig& config) {
  worldmodel::SetComputeThreads(static_cast<int>(state.range(0)));
  const Imagination imagination(model);
  const auto planner = agent::MakePlanner(config, /*differentiable=*/true);
  agent::CostSum cost(agent::CostConfig(),
                      {{at::randn({1, model.LatentSize()}), at::zeros({1, model.memory_size})}});
  const agent::PlanningProblem problem{&imagination.dynamics, &cost, imagination.start,
                                       config.horizon};
  cost.Begin(imagination.start);
  RandomStream random(0, "bench", 0);
  double transitions = 0;
  for (auto _ : state)
    transitions += static_cast<double>(planner->Solve(problem, random).transitions);
  CountTransitions(state, model, transitions);
}

/// So many rollouts at once on one thread, of so many actions.
void ImagineRollouts(benchmark::State& state, const worldmodel::ModelConfig& model) {
  worldmodel::SetComputeThreads(1);
  const at::NoGradGuard no_gradient;
  const Imagination imagination(model);
  const int64_t rows = state.range(0), length = state.range(1);
  const worldmodel::LatentState start{imagination.start.z.repeat({rows, 1}),
                                      imagination.start.h.repeat({rows, 1})};
  const at::Tensor actions = at::rand({rows, length, kActions}) * 2 - 1;
  for (auto _ : state)
    benchmark::DoNotOptimize(imagination.dynamics.Rollout(start, actions).z.data_ptr());
  CountTransitions(state, model, static_cast<double>(state.iterations() * rows * length));
}

}  // namespace

void RegisterPlanningBenchmarks(const worldmodel::ModelConfig& watching, int threads) {
  worldmodel::ModelConfig model = watching;
  model.action_size = kActions;
  const auto add = [&](const std::string& name, const agent::PlannerConfig& config) {
    auto* each = benchmark::RegisterBenchmark(
                     fmt::format("plan/{}/{}", name, model.precision).c_str(),
                     [model, config](benchmark::State& state) { MakePlans(state, model, config); })
                     ->Unit(benchmark::kMillisecond)
                     ->UseRealTime()
                     ->ArgName("threads")
                     ->Arg(1);
    if (threads > 1) each->Arg(threads);
  };
  agent::PlannerConfig config;
  add("cem_128x5x8", config);
  config.planner = "gradient";
  add("gradient_8x20x8", config);
  config.planner = "cem";
  config.horizon = 5;
  config.cem.samples = 300;
  config.cem.iterations = 10;
  config.cem.elites = 30;
  add("cem_300x10x5", config);
  benchmark::RegisterBenchmark(fmt::format("imagine/{}", model.precision).c_str(),
                               [model](benchmark::State& state) { ImagineRollouts(state, model); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->ArgNames({"rollouts", "actions"})
      ->ArgsProduct({{1, 16, 64, 256}, {1, 8, 32}});
}

}  // namespace peekaboo::app
