#include "agent/mind/place_readout.h"

#include <ATen/ATen.h>

#include <functional>
#include <utility>

#include "agent/mind/play_films.h"
#include "base/check.h"
#include "base/ordered_pool.h"
#include "base/random.h"
#include "sim/render/gl_context.h"
#include "worldmodel/readout/probe.h"

namespace peekaboo::agent {
namespace {

constexpr int64_t kHeldOut = 8;  // one film in so many
constexpr int64_t kThinned = 4;  // one imagined state in so many is learned from

/// States so many actions ahead, 0 is what was seen, and the places then.
struct Rows {
  std::vector<std::vector<at::Tensor>> features, places;  // [1 + steps][films]

  explicit Rows(int steps = 0) : features(1 + steps), places(1 + steps) {}
  void Append(const Rows& other) {
    for (size_t k = 0; k < features.size(); ++k) {
      features[k].insert(features[k].end(), other.features[k].begin(), other.features[k].end());
      places[k].insert(places[k].end(), other.places[k].begin(), other.places[k].end());
    }
  }
};

at::Tensor Features(const worldmodel::LatentState& state, bool memory) {
  return memory ? at::cat({state.z, state.h}, 1) : state.z;
}

/// What was seen, and what follows one start in `thinned`, beginning with another for each film and
/// number of actions.
Rows RowsOf(const PlayFilm& film, int64_t index, const ModelDynamics& dynamics,
            const PlaceReadout::Options& options) {
  const int64_t thinned = index % kHeldOut == 0 ? 1 : kThinned;
  const int64_t steps = options.steps, starts = film.states.z.size(0) - steps;
  Rows rows(options.steps);
  rows.features[0].push_back(Features(film.states, options.memory));
  rows.places[0].push_back(film.places);
  if (starts <= 0) return rows;
  const at::Tensor ahead =
      film.actions.unfold(0, steps, 1).slice(0, 0, starts).transpose(1, 2).contiguous();
  const worldmodel::LatentState start{film.states.z.slice(0, 0, starts),
                                      film.states.h.slice(0, 0, starts),
                                      film.states.before.slice(0, 0, starts)};
  const worldmodel::Imagined imagined = dynamics.Rollout(start, ahead);
  for (int64_t k = 1; k <= steps; ++k) {
    const int64_t first = (index + k) % thinned;
    const auto some = [&](const at::Tensor& all) { return all.slice(0, first, starts, thinned); };
    rows.features[k].push_back(Features(
        {some(imagined.z.select(1, k - 1)), some(imagined.h.select(1, k - 1))}, options.memory));
    rows.places[k].push_back(some(film.places.slice(0, k)));
  }
  return rows;
}

at::Tensor All(const std::vector<std::vector<at::Tensor>>& parts) {
  std::vector<at::Tensor> all;
  for (const auto& each : parts) all.insert(all.end(), each.begin(), each.end());
  return at::cat(all).contiguous();
}

}  // namespace

PlaceReadout PlaceReadout::Fit(const std::shared_ptr<const sim::Stage>& stage,
                               const sim::Scene& scene, const ModelDynamics& dynamics,
                               const std::vector<std::string>& bodies, const Options& options) {
  PEEKABOO_CHECK(scene.play.acts() && options.films >= 2);
  Rows fitted(options.steps), held(options.steps);
  const uint64_t seed = RandomStream(options.seed, scene.name + "/places", 0).Next();
  RunOrdered<Rows>(
      options.threads, options.films,
      [&]() -> std::function<Rows(int64_t)> {
        auto gl = std::shared_ptr<sim::GlContext>(sim::GlContext::Create());
        gl->MakeCurrent();
        auto filmer = std::make_shared<PlayFilmer>(stage, scene, dynamics.model(), bodies);
        return [&, seed, gl, filmer](int64_t film) {
          const at::NoGradGuard no_gradient;
          return RowsOf(filmer->Shoot(seed, static_cast<uint64_t>(film)), film, dynamics, options);
        };
      },
      [&](int64_t film, const Rows& rows) {
        (film % kHeldOut == 0 ? held : fitted).Append(rows);
        return true;
      });
  worldmodel::MlpProbe::Options learning;
  learning.steps = options.learning_steps;
  learning.seed = options.seed;
  PlaceReadout readout(
      worldmodel::MlpProbe::Fit(All(fitted.features), All(fitted.places), learning));
  const at::NoGradGuard no_gradient;
  readout.errors_.resize(bodies.size());
  for (size_t k = 0; k < held.features.size() && !held.features[k].empty(); ++k) {
    const at::Tensor off =
        readout.probe_.Predict(at::cat(held.features[k])) - at::cat(held.places[k]);
    for (size_t body = 0; body < bodies.size(); ++body) {
      const auto first = static_cast<int64_t>(3 * body);
      readout.errors_[body].push_back(
          off.slice(1, first, first + 3).square().sum(1).mean().sqrt().item<double>());
    }
  }
  return readout;
}

PlaceReadout::PlaceReadout(worldmodel::MlpProbe probe) : probe_(std::move(probe)) {
  PEEKABOO_CHECK(probe_.target_size() % 3 == 0);
}

at::Tensor PlaceReadout::Read(const worldmodel::LatentState& state, int64_t index) const {
  const bool memory = probe_.feature_size() > state.z.size(1);
  return probe_.Predict(Features(state, memory)).slice(1, 3 * index, 3 * index + 3);
}

}  // namespace peekaboo::agent
