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

/// Films of whole worlds, `most` moments at most, but one world at least.
int64_t FilmsToSee(const FilmGroup& group, int64_t moments, int64_t most) {
  const int64_t films = std::min(group.count, std::max<int64_t>(1, most / moments));
  const int64_t layout = group.films_of_layout;
  if (layout <= 1 || layout > group.count) return films;
  return std::max(layout, films / layout * layout);
}

/// What the model makes of a recording, at the beginning of each action.
worldmodel::ActedFilms Watch(const ClipStore& store, const FilmGroup& group, int64_t most,
                             const worldmodel::WorldModel& model) {
  const int frames = store.frames(), repeat = model.config().action_repeat;
  const int64_t films = FilmsToSee(group, (frames + repeat - 1) / repeat, most);
  std::vector<at::Tensor> z(films), h(films), actions(films);
  worldmodel::ParallelFor(films, [&](int64_t film) {
    std::vector<uint8_t> pixels(static_cast<size_t>(frames) * model.config().FrameBytes());
    std::vector<float> acted(static_cast<size_t>(frames) * store.actions().size);
    store.Read(group.first + film, pixels);
    store.ReadActions(group.first + film, acted);
    const worldmodel::LatentState states = worldmodel::StatesOfFilm(model, pixels, frames);
    z[film] = states.z;
    h[film] = states.h;
    actions[film] = at::tensor(acted).view({frames, -1}).slice(0, 0, c10::nullopt, repeat);
  });
  return {at::stack(z), at::stack(h), at::stack(actions)};
}

/// All recordings in which somebody acts, and the same for the distance, which share memory.
worldmodel::ActedFilms WatchAll(const ClipStore& store, const worldmodel::WorldModel& model,
                                std::vector<worldmodel::LatentFilms>* recordings) {
  std::vector<FilmGroup> groups = store.groups();
  std::erase_if(groups, [](const FilmGroup& group) { return !group.acts; });
  std::vector<at::Tensor> z, h, actions;
  for (const FilmGroup& group : groups) {
    const worldmodel::ActedFilms films =
        Watch(store, group, kMostMoments / std::ssize(groups), model);
    z.push_back(films.z);
    h.push_back(films.h);
    actions.push_back(films.actions);
  }
  const auto together = [](std::vector<at::Tensor>* parts) {
    at::Tensor all = parts->size() == 1 ? parts->front() : at::cat(*parts);
    parts->clear();
    return all;
  };
  worldmodel::ActedFilms all;
  int64_t first = 0;
  std::vector<int64_t> counts;
  for (const at::Tensor& part : z) counts.push_back(part.size(0));
  all = {together(&z), together(&h), together(&actions)};
  for (size_t i = 0; i < groups.size(); ++i) {
    recordings->push_back({all.z.slice(0, first, first + counts[i]), groups[i].films_of_layout});
    first += counts[i];
  }
  return all;
}

}  // namespace

bool TeachActing(const ClipStore& store, const worldmodel::TrainConfig& train,
                 worldmodel::WorldModel* model, const std::function<bool(double)>& observe) {
  PEEKABOO_CHECK(model->config().action_size == store.actions().size);
  const int64_t transition = train.transition.steps, distance = train.distance.steps;
  if (transition + distance == 0) return true;
  std::vector<worldmodel::LatentFilms> recordings;
  worldmodel::ActedFilms films = WatchAll(store, *model, &recordings);
  const auto all = static_cast<double>(transition + distance);
  const auto from = [&](int64_t done) {
    return [&observe, all, done](int64_t step) {
      return !observe || observe(static_cast<double>(done + step) / all);
    };
  };
  if (films.z.size(1) > train.transition.rollout_steps &&
      !LearnTransition(*model, films, train.transition, train.seed, from(0)))
    return false;
  if (films.z.size(1) < 2) return true;  // nothing follows anything
  films = {};
  return LearnDistance(*model, recordings, train.distance, train.seed, from(transition));
}

}  // namespace peekaboo::agent
