#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// Films in which a body acts, as a model sees and remembers them.
struct ActedFilms {
  at::Tensor z;        ///< [F, L, D] f32, the latent at the beginning of each action
  at::Tensor h;        ///< [F, L, H] f32, the memory then
  at::Tensor actions;  ///< [F, L, A] f32, of the last one unused
};

/// Teaches the model's Transition on its latents as they are, and nothing else: the encoder is
/// dear, and without it many more rollouts fit in a minute. Each step imagines
/// `config.rollout_steps` actions from many starts and minimises the squared error of latents
/// (ActingLoss::rollout). Half of the starts are drawn evenly, half are those of a larger draw that
/// it imagined worst when they were last tried (as in prioritised replay: Schaul et al. 2016): most
/// actions meet nothing, and what happens where something is met is learned from the others.
/// The same arguments give the same bits for any number of threads. `observe` as in LearnDistance.
bool LearnTransition(WorldModel& model, const ActedFilms& films, const TransitionConfig& config,
                     uint64_t seed, const std::function<bool(int64_t step)>& observe);

}  // namespace peekaboo::worldmodel
