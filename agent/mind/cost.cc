#include "agent/mind/cost.h"

#include <ATen/ATen.h>

#include <utility>

#include "base/check.h"
#include "worldmodel/model/temporal_distance.h"

namespace peekaboo::agent {
namespace {

// [N, L] -> [N], the last one with `last` of the weight beside what it has as one of all.
at::Tensor OverSteps(const at::Tensor& each, double last) {
  return (1 - last) * each.mean(1) + last * each.select(1, -1);
}

class LatentDistance : public CostTerm {
 public:
  LatentDistance(at::Tensor goal, double last) : goal_(std::move(goal)), last_(last) {}
  at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor&) const override {
    return OverSteps((path.z - goal_.unsqueeze(0)).square().mean(2), last_);
  }

 private:
  at::Tensor goal_;
  double last_;
};

class TemporalDistanceTerm : public CostTerm {
 public:
  TemporalDistanceTerm(const CostContext& context, double last)
      : dynamics_(context.dynamics), last_(last) {
    PEEKABOO_CHECK(dynamics_);
    goal_ = dynamics_->Embed(context.goal);
  }
  at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor&) const override {
    const at::Tensor embedded = dynamics_->Embed(path.z.flatten(0, 1));
    return OverSteps(
        worldmodel::EmbeddingDistance(embedded, goal_).view({path.z.size(0), path.z.size(1)}),
        last_);
  }

 private:
  const ModelDynamics* dynamics_;
  at::Tensor goal_;  // [1, E]
  double last_;
};

class Effort : public CostTerm {
 public:
  at::Tensor Compute(const worldmodel::Imagined&, const at::Tensor& actions) const override {
    return actions.square().mean({1, 2});
  }
};

class Smoothness : public CostTerm {
 public:
  at::Tensor Compute(const worldmodel::Imagined&, const at::Tensor& actions) const override {
    if (actions.size(1) < 2) return at::zeros({actions.size(0)});
    return (actions.slice(1, 1) - actions.slice(1, 0, -1)).square().mean({1, 2});
  }
};

struct Row {
  double CostConfig::*weight;
  std::unique_ptr<CostTerm> (*make)(const CostConfig& config, const CostContext& context);
};

// A new term is a class and a row here, and a field of CostConfig.
constexpr Row kTable[] = {
    {&CostConfig::latent,
     [](const CostConfig& config, const CostContext& context) -> std::unique_ptr<CostTerm> {
       return std::make_unique<LatentDistance>(context.goal, config.last);
     }},
    {&CostConfig::temporal,
     [](const CostConfig& config, const CostContext& context) -> std::unique_ptr<CostTerm> {
       return std::make_unique<TemporalDistanceTerm>(context, config.last);
     }},
    {&CostConfig::effort,
     [](const CostConfig&, const CostContext&) -> std::unique_ptr<CostTerm> {
       return std::make_unique<Effort>();
     }},
    {&CostConfig::smoothness,
     [](const CostConfig&, const CostContext&) -> std::unique_ptr<CostTerm> {
       return std::make_unique<Smoothness>();
     }},
};

}  // namespace

const ConfigDescription<CostConfig>& CostConfig::Describe() {
  using C = CostConfig;
  static const auto description =
      ConfigDescription<C>("What a plan costs.")
          .Field("latent", &C::latent, "Weight of the squared distance to the goal's latent",
                 {.min = 0, .max = 1e6})
          .Field("temporal", &C::temporal,
                 "Weight of the temporal distance to the goal, in actions, that the model learned",
                 {.min = 0, .max = 1e6})
          .Field("effort", &C::effort, "Weight of the squared actions", {.min = 0, .max = 1e6})
          .Field("smoothness", &C::smoothness,
                 "Weight of the squared change from one action to the next", {.min = 0, .max = 1e6})
          .Field("last", &C::last,
                 "Share of the last state in the distance to the goal; else all count alike",
                 {.min = 0, .max = 1});
  return description;
}

CostSum::CostSum(const CostConfig& config, const CostContext& context) {
  for (const Row& row : kTable) {
    if (config.*row.weight > 0) terms_.push_back({config.*row.weight, row.make(config, context)});
  }
}

PathScore CostSum::Score(const worldmodel::Imagined& path, const at::Tensor& actions) const {
  at::Tensor sum = at::zeros({actions.size(0)});
  for (const Weighted& weighted : terms_)
    sum = sum + weighted.weight * weighted.term->Compute(path, actions);
  PEEKABOO_CHECK(sum.dim() == 1);
  return {sum, {}};
}

}  // namespace peekaboo::agent
