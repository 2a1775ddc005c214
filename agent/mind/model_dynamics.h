#pragma once

#include <memory>
#include <span>

#include "agent/planning/problem.h"
#include "worldmodel/model/live_perception.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// What a world model imagines. Its weights are frozen: gradients reach states and actions alone.
/// Any number of threads at once.
class ModelDynamics : public Dynamics {
 public:
  /// Throws UserError for a model that has learned no actions.
  explicit ModelDynamics(const worldmodel::WorldModel& model);
  ~ModelDynamics() override;

  int64_t action_size() const override;
  bool differentiable() const override { return true; }
  worldmodel::Imagined Rollout(const worldmodel::LatentState& state,
                               const at::Tensor& actions) const override;

  /// z [N, D] -> [N, E], in which the temporal distance is Euclidean.
  at::Tensor Embed(const at::Tensor& z) const;

  const worldmodel::WorldModel& model() const { return model_; }

 private:
  struct Prepared;  // the transition's weights, laid out once

  worldmodel::WorldModel model_;
  std::unique_ptr<const Prepared> prepared_;
};

/// A frame state as rollouts begin with it. `before`: that of one action earlier; nullptr: there is
/// none, so nothing moves.
worldmodel::LatentState ToLatentState(const worldmodel::FrameState& state,
                                      const worldmodel::FrameState* before = nullptr);

}  // namespace peekaboo::agent
