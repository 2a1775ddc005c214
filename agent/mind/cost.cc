#include "agent/mind/cost.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "worldmodel/model/temporal_distance.h"

namespace peekaboo::agent {
namespace {

constexpr double kLeastSquare = 1e-8;  // m^2; at a guard's centre no way leads out

// [N, L] -> [N]: a mean, in which the last and the least have weight of their own.
at::Tensor OverSteps(const at::Tensor& each, const CostConfig& config) {
  at::Tensor sum = (1 - config.last - config.nearest) * each.mean(1);
  if (config.last > 0) sum = sum + config.last * each.select(1, -1);
  if (config.nearest > 0) sum = sum + config.nearest * each.amin(1);
  return sum;
}

// [N * L] -> [N]
at::Tensor OverPath(const at::Tensor& each, const worldmodel::Imagined& path,
                    const CostConfig& config) {
  return OverSteps(each.view({path.z.size(0), path.z.size(1)}), config);
}

// A row a state.
worldmodel::LatentState Rows(const worldmodel::Imagined& path) {
  return {path.z.flatten(0, 1), path.h.flatten(0, 1)};
}

class LatentDistance : public CostTerm {
 public:
  LatentDistance(at::Tensor goal, const CostConfig& config)
      : goal_(std::move(goal)), config_(config) {}
  at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor&) const override {
    return OverSteps((path.z - goal_.unsqueeze(0)).square().mean(2), config_);
  }

 private:
  at::Tensor goal_;
  CostConfig config_;
};

class TemporalDistanceTerm : public CostTerm {
 public:
  TemporalDistanceTerm(const CostContext& context, const CostConfig& config)
      : dynamics_(context.dynamics), config_(config) {
    PEEKABOO_CHECK(dynamics_);
    goal_ = dynamics_->Embed(context.goal.z);
  }
  at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor&) const override {
    const at::Tensor embedded = dynamics_->Embed(path.z.flatten(0, 1));
    return OverPath(worldmodel::EmbeddingDistance(embedded, goal_), path, config_);
  }

 private:
  const ModelDynamics* dynamics_;
  at::Tensor goal_;  // [1, E]
  CostConfig config_;
};

class PlaceDistance : public CostTerm {
 public:
  PlaceDistance(const CostContext& context, const CostConfig& config)
      : places_(context.places), bodies_(context.placed), config_(config) {
    PEEKABOO_CHECK(places_ && !bodies_.empty());
    for (const int64_t body : bodies_) goals_.push_back(places_->Read(context.goal, body));
  }
  at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor&) const override {
    at::Tensor sum = at::zeros({path.z.size(0)});
    for (size_t i = 0; i < bodies_.size(); ++i) {
      const at::Tensor off = places_->Read(Rows(path), bodies_[i]) - goals_[i];
      sum = sum + OverPath(off.square().sum(1), path, config_);
    }
    return sum;
  }

 private:
  std::shared_ptr<const PlaceReadout> places_;
  std::vector<int64_t> bodies_;
  std::vector<at::Tensor> goals_;  // [1, 3] each
  CostConfig config_;
};

class Meeting : public CostTerm {
 public:
  Meeting(const CostContext& context, const CostConfig& config)
      : places_(context.places), meetings_(context.meetings), config_(config) {
    PEEKABOO_CHECK(places_ && !meetings_.empty());
  }
  at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor&) const override {
    at::Tensor sum = at::zeros({path.z.size(0)});
    for (const auto& [one, other] : meetings_) {
      const at::Tensor off = places_->Read(Rows(path), one) - places_->Read(Rows(path), other);
      sum = sum + OverPath(off.square().sum(1), path, config_);
    }
    return sum;
  }

 private:
  std::shared_ptr<const PlaceReadout> places_;
  std::vector<std::pair<int64_t, int64_t>> meetings_;
  CostConfig config_;
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
       return std::make_unique<LatentDistance>(context.goal.z, config);
     }},
    {&CostConfig::temporal,
     [](const CostConfig& config, const CostContext& context) -> std::unique_ptr<CostTerm> {
       return std::make_unique<TemporalDistanceTerm>(context, config);
     }},
    {&CostConfig::place,
     [](const CostConfig& config, const CostContext& context) -> std::unique_ptr<CostTerm> {
       return std::make_unique<PlaceDistance>(context, config);
     }},
    {&CostConfig::meet,
     [](const CostConfig& config, const CostContext& context) -> std::unique_ptr<CostTerm> {
       return std::make_unique<Meeting>(context, config);
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
          .Field("place", &C::place,
                 "Weight of the squared distance of the task's bodies to their goals, read from "
                 "latents",
                 {.min = 0, .max = 1e6})
          .Field("meet", &C::meet,
                 "Weight of the squared distance of the task's bodies to those that they shall be "
                 "at, read from latents",
                 {.min = 0, .max = 1e6})
          .Field("effort", &C::effort, "Weight of the squared actions", {.min = 0, .max = 1e6})
          .Field("smoothness", &C::smoothness,
                 "Weight of the squared change from one action to the next", {.min = 0, .max = 1e6})
          .Field("last", &C::last,
                 "Share of the last state in the distance to the goal; else all count alike",
                 {.min = 0, .max = 1})
          .Field("nearest", &C::nearest, "Likewise of the state that is nearest to the goal",
                 {.min = 0, .max = 1});
  return description;
}

CostSum::CostSum(const CostConfig& config, CostContext context)
    : context_(std::move(context)), depth_(context_.guards.size()) {
  PEEKABOO_CHECK(context_.guards.empty() || context_.places);
  for (const Row& row : kTable) {
    if (config.*row.weight > 0) terms_.push_back({config.*row.weight, row.make(config, context_)});
  }
}

// [N], m inside the guard's ball.
at::Tensor CostSum::Depth(const Guard& guard, const worldmodel::LatentState& state) const {
  const auto axes = static_cast<int64_t>(guard.centre.size());
  const at::Tensor place = context_.places->Read(state, guard.body).slice(1, 0, axes);
  const at::Tensor centre = at::tensor(guard.centre).to(at::kFloat);
  return guard.radius - ((place - centre).square().sum(1) + kLeastSquare).sqrt();
}

void CostSum::Begin(const worldmodel::LatentState& start) {
  for (size_t i = 0; i < depth_.size(); ++i)
    depth_[i] = Depth(context_.guards[i], start).item<double>();
}

PathScore CostSum::Score(const worldmodel::Imagined& path, const at::Tensor& actions) const {
  at::Tensor sum = at::zeros({actions.size(0)});
  for (const Weighted& weighted : terms_)
    sum = sum + weighted.weight * weighted.term->Compute(path, actions);
  PEEKABOO_CHECK(sum.dim() == 1);
  std::vector<at::Tensor> constraints;
  for (size_t i = 0; i < depth_.size(); ++i) {
    const at::Tensor depth = Depth(context_.guards[i], Rows(path));
    constraints.push_back((depth - std::max(0.0, depth_[i])).view({path.z.size(0), -1}));
  }
  return {sum, constraints.empty() ? at::Tensor() : at::cat(constraints, 1)};
}

}  // namespace peekaboo::agent
