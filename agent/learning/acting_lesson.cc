#include "agent/learning/acting_lesson.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/learners/distance_learner.h"
#include "worldmodel/learners/transition_learner.h"
#include "worldmodel/model/film_states.h"

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

/// What the model makes of the films, at the beginning of each action.
worldmodel::ActedFilms Watch(const ClipStore& store, const worldmodel::WorldModel& model) {
  const int frames = store.frames(), repeat = model.config().action_repeat;
  const int64_t films = FilmsToSee(store, repeat);
  std::vector<at::Tensor> z(films), h(films), actions(films);
  worldmodel::ParallelFor(films, [&](int64_t film) {
    std::vector<uint8_t> pixels(static_cast<size_t>(frames) * model.config().FrameBytes());
    std::vector<float> acted(static_cast<size_t>(frames) * store.actions().size);
    store.Read(film, pixels);
    store.ReadActions(film, acted);
    const worldmodel::LatentState states = worldmodel::StatesOfFilm(model, pixels, frames);
    z[film] = states.z;
    h[film] = states.h;
    actions[film] = at::tensor(acted).view({frames, -1}).slice(0, 0, c10::nullopt, repeat);
  });
  return {at::stack(z), at::stack(h), at::stack(actions)};
}

}  // namespace

bool TeachActing(const ClipStore& store, const worldmodel::TrainConfig& train,
                 worldmodel::WorldModel* model, const std::function<bool(double)>& observe) {
  PEEKABOO_CHECK(model->config().action_size == store.actions().size);
  const int64_t transition = train.transition.steps, distance = train.distance.steps;
  if (transition + distance == 0) return true;
  worldmodel::ActedFilms films = Watch(store, *model);
  const auto all = static_cast<double>(transition + distance);
  const auto from = [&](int64_t done) {
    return [&observe, all, done](int64_t step) {
      return !observe || observe(static_cast<double>(done + step) / all);
    };
  };
  if (films.z.size(1) > train.transition.rollout_steps &&
      !LearnTransition(*model, films, train.transition, train.seed, from(0)))
    return false;
  films.h = films.actions = at::Tensor();
  if (films.z.size(1) < 2) return true;  // nothing follows anything
  return LearnDistance(*model, {films.z, store.films_of_layout()}, train.distance, train.seed,
                       from(transition));
}

}  // namespace peekaboo::agent
