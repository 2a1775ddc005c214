#pragma once

#include <cstdint>
#include <span>

#include "worldmodel/model/latent_state.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// z [F, L, D], the latents at the beginning of each action of films -> those of one action
/// earlier, as LatentState::before: at a film's beginning nothing has moved.
at::Tensor EarlierLatents(const at::Tensor& z);

/// What a model that acts makes of one film, a row for the beginning of each action; `pixels` u8
/// [frames, H, W, 3]. Any thread.
LatentState StatesOfFilm(const WorldModel& model, std::span<const uint8_t> pixels, int frames);

}  // namespace peekaboo::worldmodel
