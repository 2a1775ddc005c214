#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "agent/planning/problem.h"
#include "sim/scene/scene.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

/// The world itself in place of a model of it: what planning could reach if nothing were imagined
/// wrong and everything were seen (an upper bound to compare with). A state's z is where the bodies
/// of Task::success are [m, three numbers each] (seen from the bodies that they shall be at, where
/// the task is that they meet), with, where the task asks how they are turned, the
/// nine numbers of their rotation matrices in units of kTurned; h has no numbers. Rollouts begin at
/// the state in which the world is, whatever state they are given. Not differentiable.
class SimulatorDynamics : public Dynamics {
 public:
  static constexpr double kTurned = 0.2;  ///< m

  /// Borrows both; `world` was reset to the scene, and is left as it was by every call.
  SimulatorDynamics(const sim::Scene& scene, sim::World* world);

  int64_t action_size() const override;
  bool differentiable() const override { return false; }
  worldmodel::Imagined Rollout(const worldmodel::LatentState& state,
                               const at::Tensor& actions) const override;

  /// The state in which the world is, one row.
  worldmodel::LatentState Now() const;
  /// The state that is wanted, where `world` is at the goal of a layout.
  worldmodel::LatentState Goal() const;

 private:
  int64_t StateSize() const;
  void ReadState(float* z) const;

  const sim::Scene& scene_;
  sim::World* world_;
  static constexpr int kNone = -1;

  std::vector<int> bodies_;
  std::vector<int> others_;  // that they shall be at; kNone: a place
  std::vector<bool> turned_;
  mutable std::mutex mutex_;
};

}  // namespace peekaboo::agent
