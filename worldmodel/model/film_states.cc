#include "worldmodel/model/film_states.h"

#include <ATen/ATen.h>

#include <vector>

namespace peekaboo::worldmodel {

at::Tensor EarlierLatents(const at::Tensor& z) {
  return at::cat({z.slice(1, 0, 1), z.slice(1, 0, -1)}, 1);
}

LatentState StatesOfFilm(const WorldModel& model, std::span<const uint8_t> pixels, int frames) {
  const Perception seen = model.Perceive(pixels, 1, frames);
  const auto rows = [&](const std::vector<float>& numbers) {
    return at::tensor(numbers)
        .view({frames, -1})
        .slice(0, 0, c10::nullopt, model.config().action_repeat)
        .contiguous();
  };
  const at::Tensor z = rows(seen.z);
  return {z, rows(seen.h), EarlierLatents(z.unsqueeze(0))[0]};
}

}  // namespace peekaboo::worldmodel
