#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/mind/model_dynamics.h"
#include "agent/planning/problem.h"
#include "base/config.h"
#include "worldmodel/model/latent_state.h"

namespace peekaboo::agent {

/// Weights of what a plan costs: [plan] cost.KEY. A term of weight 0 is not computed.
struct CostConfig {
  double latent = 1;      ///< of the squared distance to the goal's latent, a mean over its numbers
  double temporal = 0;    ///< of the temporal distance to the goal, actions, that the model learned
  double effort = 0;      ///< of the squared actions, a mean over their numbers
  double smoothness = 0;  ///< of the squared change from one action to the next
  double last = 0;  ///< share of the last state in the distance to the goal; else all count alike

  static const ConfigDescription<CostConfig>& Describe();
  bool operator==(const CostConfig&) const = default;
};

/// One reason to prefer a path. Immutable; any number of threads.
class CostTerm {
 public:
  virtual ~CostTerm() = default;
  /// Of each path, [N] f32; `path` of `actions` [N, L, A]. Differentiable in both.
  virtual at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor& actions) const = 0;
};

/// What terms may know.
struct CostContext {
  at::Tensor goal;  ///< [1, D], the latent of what is wanted
  /// The model, for what it learned beside dynamics; borrowed. A term that needs it checks for it.
  const ModelDynamics* dynamics = nullptr;
};

/// The weighted sum of terms.
class CostSum : public Objective {
 public:
  /// The terms that `config` gives a weight.
  CostSum(const CostConfig& config, const CostContext& context);

  PathScore Score(const worldmodel::Imagined& path, const at::Tensor& actions) const override;

 private:
  struct Weighted {
    double weight;
    std::unique_ptr<CostTerm> term;
  };
  std::vector<Weighted> terms_;
};

}  // namespace peekaboo::agent
