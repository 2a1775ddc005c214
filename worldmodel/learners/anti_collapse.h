#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "worldmodel/learners/train_config.h"

namespace peekaboo::worldmodel {

/// What an objective looks at in one training step.
struct Latents {
  at::Tensor z;  ///< [B, T, P, C] f32: clips, frames, patches, numbers a patch
  int64_t step;  ///< steps taken before this one; names the step's random streams
};

/// What keeps latents from collapsing to a constant, which would be predicted perfectly. Made once
/// a training run; Penalty is called by the training thread, Targets by several at once. A new one
/// is a new file and one line in anti_collapse.cc.
class AntiCollapse {
 public:
  virtual ~AntiCollapse() = default;

  /// Added to the loss, weighted by TrainConfig::objective_weight; differentiable in the latents.
  virtual at::Tensor Penalty(const Latents& latents) = 0;

  /// What the predictor is to hit, [1, T, P, C], for one clip of a step (`latents.z` has B = 1); by
  /// default the latents themselves, with gradient. Any number of threads at once.
  virtual at::Tensor Targets(const Latents& latents) const { return latents.z; }
};

/// Throws UserError naming `objective` and what there is when no objective has that name.
std::unique_ptr<AntiCollapse> MakeAntiCollapse(const TrainConfig& config);

/// Names that TrainConfig::objective may have.
std::vector<std::string> AntiCollapseNames();

/// One per objective; a row of the table in anti_collapse.cc.
std::unique_ptr<AntiCollapse> MakeVicReg(const TrainConfig& config);
std::unique_ptr<AntiCollapse> MakeSigReg(const TrainConfig& config);
std::unique_ptr<AntiCollapse> MakeNoObjective(const TrainConfig& config);

}  // namespace peekaboo::worldmodel
