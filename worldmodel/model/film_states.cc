#include "worldmodel/model/film_states.h"

#include <ATen/ATen.h>

#include <vector>

namespace peekaboo::worldmodel {

LatentState StatesOfFilm(const WorldModel& model, std::span<const uint8_t> pixels, int frames) {
  const Perception seen = model.Perceive(pixels, 1, frames);
  const auto rows = [&](const std::vector<float>& numbers) {
    return at::tensor(numbers)
        .view({frames, -1})
        .slice(0, 0, c10::nullopt, model.config().action_repeat)
        .contiguous();
  };
  return {rows(seen.z), rows(seen.h)};
}

}  // namespace peekaboo::worldmodel
