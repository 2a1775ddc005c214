#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// Films in which a body acts, as a model sees them.
struct LatentFilms {
  at::Tensor z;  ///< [F, L, D] f32, the latent at the beginning of each action
  /// Films in a row that are ways through one world; 0: all of them.
  int64_t films_of_layout = 1;
};

/// Teaches the model's TemporalDistance on its latents as they are, and nothing else. Each step
/// compares moments of several worlds, each with those of the same world only
/// (ComputeDistanceLoss); worlds are drawn from all recordings, as often as they have films. The
/// same arguments give the same bits for any number of threads. After each step `observe`, which
/// may be null, is told how many were taken, and returns false to stop; returns whether it did not.
bool LearnDistance(WorldModel& model, const std::vector<LatentFilms>& recordings,
                   const DistanceConfig& config, uint64_t seed,
                   const std::function<bool(int64_t step)>& observe);

}  // namespace peekaboo::worldmodel
