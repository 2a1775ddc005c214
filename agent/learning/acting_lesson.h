#pragma once

#include <cstdint>
#include <functional>

#include "agent/learning/clip_store.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// The lesson looks at so many moments of the films in which somebody acts: of each recording an
/// equal part, whole worlds (FilmGroup::films_of_layout).
inline constexpr int64_t kMostMoments = int64_t{1} << 19;

/// What is left to learn when the encoder has been learned, on latents as they are: what actions
/// lead to (worldmodel::LearnTransition), then how many of them lie between two moments
/// (worldmodel::LearnDistance). The actions of `model` are those of the films. On the calling
/// thread's compute threads. `observe`, which may be null, is told the share of the steps that is
/// done and returns false to stop; returns whether it did not. Throws UserError for films that
/// cannot be read.
bool TeachActing(const ClipStore& store, const worldmodel::TrainConfig& train,
                 worldmodel::WorldModel* model, const std::function<bool(double)>& observe);

}  // namespace peekaboo::agent
