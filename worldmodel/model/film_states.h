#pragma once

#include <cstdint>
#include <span>

#include "worldmodel/model/latent_state.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// What a model that acts makes of one film, a row for the beginning of each action; `pixels` u8
/// [frames, H, W, 3]. Any thread.
LatentState StatesOfFilm(const WorldModel& model, std::span<const uint8_t> pixels, int frames);

}  // namespace peekaboo::worldmodel
