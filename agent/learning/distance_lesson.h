#pragma once

#include <cstdint>
#include <functional>

#include "agent/learning/clip_store.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// Films of `store` that the lesson looks at: whole worlds (ClipStore::films_of_layout), as many as
/// have kMostMoments moments together.
inline constexpr int64_t kMostMoments = int64_t{1} << 17;

/// Teaches `model`, whose actions are those of the films, how many of them lie between two moments
/// (worldmodel::LearnDistance), when everything else has been learned. On the calling thread's
/// compute threads. `observe`, which may be null, is told the share that is done and returns false
/// to stop; returns whether it did not. Throws UserError for films that cannot be read.
bool TeachDistance(const ClipStore& store, const worldmodel::TrainConfig& train,
                   worldmodel::WorldModel* model, const std::function<bool(double)>& observe);

}  // namespace peekaboo::agent
