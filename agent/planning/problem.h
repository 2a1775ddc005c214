#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "worldmodel/model/latent_state.h"

namespace peekaboo::agent {

/// What actions lead to: a world model, the simulator itself, or equations in a test. Rollout, and
/// an objective's Score, may be called by several threads at once.
class Dynamics {
 public:
  virtual ~Dynamics() = default;

  /// A, numbers in an action.
  virtual int64_t action_size() const = 0;
  /// Whether gradients of what Rollout gives reach the state and the actions.
  virtual bool differentiable() const = 0;
  /// The states that `actions` [N, L, A] f32, each in [-1, 1], lead through from `state` on, which
  /// is one row or [N].
  virtual worldmodel::Imagined Rollout(const worldmodel::LatentState& state,
                                       const at::Tensor& actions) const = 0;
};

/// What is thought of paths.
struct PathScore {
  at::Tensor cost;  ///< [N] f32, less is better
  /// [N, C] f32, the values of constraints along each path: none may be above 0. Not defined:
  /// everything is allowed.
  at::Tensor constraint;
};

/// What is wanted, and what must not be. Constraints are never traded against the cost.
class Objective {
 public:
  virtual ~Objective() = default;

  /// A plan from `start` (one row) on is made next.
  virtual void Begin(const worldmodel::LatentState& start) { static_cast<void>(start); }

  /// `path` of `actions` [N, L, A]; L may be less than the horizon, C may depend on L. With
  /// gradients in both where they have some.
  virtual PathScore Score(const worldmodel::Imagined& path, const at::Tensor& actions) const = 0;
};

/// What a planner is asked: the actions from `start` on that cost least and break no constraint.
struct PlanningProblem {
  const Dynamics* dynamics = nullptr;    ///< borrowed
  const Objective* objective = nullptr;  ///< borrowed
  worldmodel::LatentState start;         ///< one row, without a gradient
  int64_t horizon = 0;                   ///< H, actions
  /// [M, H, A] f32: action sequences to begin with, the most promising first (a plan made before,
  /// shifted). Not defined: none.
  at::Tensor initial = {};
  /// Asked between iterations, when there is a plan already. Empty: there is time enough.
  std::function<bool()> out_of_time = {};
};

}  // namespace peekaboo::agent
