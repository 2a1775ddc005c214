#include "agent/mind/correction.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "agent/mind/play_films.h"
#include "base/check.h"
#include "base/random.h"

namespace peekaboo::agent {
namespace {

using worldmodel::ActedFilms;

/// Cuts films into pieces of `length` moments; a last piece that is shorter begins earlier.
void AddPieces(const ActedFilms& films, int64_t length, std::vector<ActedFilms>* pieces) {
  const int64_t moments = films.z.size(1);
  for (int64_t start = 0; start < moments - 1; start += length - 1) {
    const int64_t first = std::min(start, moments - length);
    const auto cut = [&](const at::Tensor& all) { return all.slice(1, first, first + length); };
    pieces->push_back({cut(films.z), cut(films.h), cut(films.actions)});
  }
}

ActedFilms Together(const std::vector<ActedFilms>& pieces) {
  std::vector<at::Tensor> z, h, actions;
  for (const ActedFilms& piece : pieces) {
    z.push_back(piece.z);
    h.push_back(piece.h);
    actions.push_back(piece.actions);
  }
  return {at::cat(z), at::cat(h), at::cat(actions)};
}

}  // namespace

const ConfigDescription<CorrectionConfig>& CorrectionConfig::Describe() {
  using C = CorrectionConfig;
  static const auto description =
      ConfigDescription<C>("What a round of correction learns from.")
          .Field("episodes", &C::episodes, "Episodes of practice", {.min = 1, .max = 1e6})
          .Field("play", &C::play, "Films of play beside them", {.min = 0, .max = 1e6})
          .Field("steps", &C::steps, "Steps in which the transition learns", {.min = 1, .max = 1e7})
          .Field("learning_rate", &C::learning_rate, "Peak of the learning rate",
                 {.min = 0, .max = 1});
  return description;
}

bool CorrectTransition(const std::vector<ActedFilms>& lived,
                       const std::shared_ptr<const sim::Stage>& stage, const sim::Scene& scene,
                       const CorrectionConfig& config, uint64_t seed, worldmodel::WorldModel* model,
                       const std::function<bool()>& go_on) {
  PEEKABOO_CHECK(!lived.empty());
  std::vector<ActedFilms> films = lived;
  if (scene.play.acts()) {
    const at::NoGradGuard no_gradient;
    PlayFilmer filmer(stage, scene, *model, {});
    const uint64_t own = RandomStream(seed, scene.name + "/correction", 0).Next();
    for (int64_t i = 0; i < config.play; ++i) {
      const PlayFilm film = filmer.Shoot(own, static_cast<uint64_t>(i));
      films.push_back(
          {film.states.z.unsqueeze(0), film.states.h.unsqueeze(0), film.actions.unsqueeze(0)});
    }
  }
  int64_t length = films.front().z.size(1);
  for (const ActedFilms& film : films) length = std::min(length, film.z.size(1));
  worldmodel::TransitionConfig learn;
  learn.steps = config.steps;
  learn.learning_rate = config.learning_rate;
  learn.rollout_steps = static_cast<int>(std::min<int64_t>(learn.rollout_steps, length - 1));
  if (learn.rollout_steps < 1) return true;  // nothing follows anything
  std::vector<ActedFilms> pieces;
  for (const ActedFilms& film : films) AddPieces(film, length, &pieces);
  return worldmodel::LearnTransition(*model, Together(pieces), learn, seed,
                                     [&](int64_t) { return !go_on || go_on(); });
}

}  // namespace peekaboo::agent
