#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/mind/cost_config.h"
#include "agent/mind/model_dynamics.h"
#include "agent/mind/place_readout.h"
#include "agent/planning/problem.h"
#include "worldmodel/model/latent_state.h"

namespace peekaboo::agent {

/// One reason to prefer a path. Immutable; any number of threads.
class CostTerm {
 public:
  virtual ~CostTerm() = default;
  /// Of each path, [N] f32; `path` of `actions` [N, L, A]. Differentiable in both.
  virtual at::Tensor Compute(const worldmodel::Imagined& path, const at::Tensor& actions) const = 0;
};

/// A hard constraint, never traded against the cost: a body stays out of a ball (a disc, where the
/// centre has two numbers). Where it is already inside, it goes no deeper.
struct Guard {
  int64_t body = 0;            ///< of the context's `places`
  std::vector<double> centre;  ///< m, x and y, or x, y and z
  double radius = 0;           ///< m, with a margin for what the readout and the model get wrong
};

/// What terms may know. A term that needs what is not there checks for it.
struct CostContext {
  worldmodel::LatentState goal;  ///< one row, what is wanted
  /// The model, for what it learned beside dynamics; borrowed.
  const ModelDynamics* dynamics = nullptr;
  std::shared_ptr<const PlaceReadout> places = nullptr;
  std::vector<int64_t> placed = {};  ///< bodies of `places` that the goal is about
  /// Pairs of them: the first shall be where the second is.
  std::vector<std::pair<int64_t, int64_t>> meetings = {};
  std::vector<Guard> guards = {};
};

/// The weighted sum of terms, under guards.
class CostSum : public Objective {
 public:
  /// The terms that `config` gives a weight.
  CostSum(const CostConfig& config, CostContext context);

  void Begin(const worldmodel::LatentState& start) override;
  PathScore Score(const worldmodel::Imagined& path, const at::Tensor& actions) const override;

 private:
  struct Weighted {
    double weight;
    std::unique_ptr<CostTerm> term;
  };
  at::Tensor Depth(const Guard& guard, const worldmodel::LatentState& state) const;

  CostContext context_;
  std::vector<Weighted> terms_;
  std::vector<double> depth_;  // m, of each guard's body at the start of the plan
};

}  // namespace peekaboo::agent
