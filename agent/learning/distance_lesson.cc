#include "agent/learning/distance_lesson.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/learners/distance_learner.h"

namespace peekaboo::agent {
namespace {

/// Films of whole worlds, kMostMoments moments at most, but one world at least.
int64_t FilmsToSee(const ClipStore& store, int repeat) {
  const int64_t moments = (store.frames() + repeat - 1) / repeat;
  const int64_t films = std::min(store.size(), std::max<int64_t>(1, kMostMoments / moments));
  const int64_t layout = store.films_of_layout();
  if (layout <= 1 || layout > store.size()) return films;
  return std::max(layout, films / layout * layout);
}

}  // namespace

bool TeachDistance(const ClipStore& store, const worldmodel::TrainConfig& train,
                   worldmodel::WorldModel* model, const std::function<bool(double)>& observe) {
  PEEKABOO_CHECK(model->config().action_size == store.actions().size);
  if (train.distance.steps == 0) return true;
  const int frames = store.frames();
  std::vector<at::Tensor> films(FilmsToSee(store, model->config().action_repeat));
  worldmodel::ParallelFor(std::ssize(films), [&](int64_t film) {
    std::vector<uint8_t> pixels(static_cast<size_t>(frames) * model->config().FrameBytes());
    store.Read(film, pixels);
    films[film] = worldmodel::EncodeFilm(*model, pixels, frames);
  });
  if (films.front().size(0) < 2) return true;  // nothing follows anything
  const worldmodel::LatentFilms latents{at::stack(films), store.films_of_layout()};
  films.clear();
  const auto steps = static_cast<double>(train.distance.steps);
  return worldmodel::LearnDistance(*model, latents, train.distance, train.seed, [&](int64_t step) {
    return !observe || observe(static_cast<double>(step) / steps);
  });
}

}  // namespace peekaboo::agent
