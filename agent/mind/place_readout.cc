#include "agent/mind/place_readout.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <span>
#include <utility>

#include "agent/mind/play_films.h"
#include "base/check.h"
#include "base/random.h"
#include "worldmodel/readout/probe.h"

namespace peekaboo::agent {
namespace {

constexpr int64_t kHeldOut = 4;  // one film in so many

/// States so many actions ahead, 0 is what was seen, and the places then.
struct Rows {
  std::vector<std::vector<at::Tensor>> z, h, places;  // [1 + steps][films]

  explicit Rows(int steps) : z(1 + steps), h(1 + steps), places(1 + steps) {}
  void Add(int64_t ahead, const at::Tensor& latent, const at::Tensor& memory,
           const at::Tensor& truth) {
    z[ahead].push_back(latent);
    h[ahead].push_back(memory);
    places[ahead].push_back(truth);
  }
};

void AddFilm(const PlayFilm& film, const ModelDynamics& dynamics, int steps, Rows* rows) {
  const int64_t starts = film.states.z.size(0) - steps;
  rows->Add(0, film.states.z, film.states.h, film.places);
  if (starts <= 0) return;
  const at::Tensor ahead =
      film.actions.unfold(0, steps, 1).slice(0, 0, starts).transpose(1, 2).contiguous();
  const worldmodel::LatentState start{film.states.z.slice(0, 0, starts),
                                      film.states.h.slice(0, 0, starts)};
  const worldmodel::Imagined imagined = dynamics.Rollout(start, ahead);
  for (int64_t k = 1; k <= steps; ++k)
    rows->Add(k, imagined.z.select(1, k - 1), imagined.h.select(1, k - 1),
              film.places.slice(0, k, k + starts));
}

std::span<const float> Numbers(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
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
  PEEKABOO_CHECK(scene.play.acts() && options.films >= kHeldOut);
  const at::NoGradGuard no_gradient;
  PlayFilmer filmer(stage, scene, dynamics.model(), bodies);
  Rows fitted(options.steps), held(options.steps);
  const uint64_t seed = RandomStream(options.seed, scene.name + "/places", 0).Next();
  for (int64_t film = 0; film < options.films; ++film) {
    AddFilm(filmer.Shoot(seed, static_cast<uint64_t>(film)), dynamics, options.steps,
            film % kHeldOut == 0 ? &held : &fitted);
  }
  at::Tensor z = All(fitted.z);
  if (options.memory) z = at::cat({z, All(fitted.h)}, 1);
  const at::Tensor places = All(fitted.places);
  const int64_t targets = places.size(1);
  const auto probe = worldmodel::LinearProbe::Fit(Numbers(z), static_cast<int>(z.size(1)),
                                                  Numbers(places), static_cast<int>(targets));
  const auto tensor = [](std::span<const double> numbers) {
    return at::tensor(std::vector<double>(numbers.begin(), numbers.end())).to(at::kFloat);
  };
  PlaceReadout readout(tensor(probe.weight()).view({z.size(1), targets}), tensor(probe.bias()));
  readout.errors_.resize(bodies.size());
  for (size_t body = 0; body < bodies.size(); ++body) {
    const auto index = static_cast<int64_t>(body);
    for (size_t k = 0; k < held.z.size(); ++k) {
      if (held.z[k].empty()) break;
      const at::Tensor truth = at::cat(held.places[k]).slice(1, 3 * index, 3 * index + 3);
      const at::Tensor off = readout.Read({at::cat(held.z[k]), at::cat(held.h[k])}, index) - truth;
      readout.errors_[body].push_back(off.square().sum(1).mean().sqrt().item<double>());
    }
  }
  return readout;
}

PlaceReadout::PlaceReadout(at::Tensor weight, at::Tensor bias)
    : weight_(std::move(weight)), bias_(std::move(bias)) {
  PEEKABOO_CHECK(weight_.dim() == 2 && weight_.size(1) == bias_.size(0) && bias_.size(0) % 3 == 0);
}

at::Tensor PlaceReadout::Read(const worldmodel::LatentState& state, int64_t index) const {
  const bool memory = weight_.size(0) > state.z.size(1);
  return at::addmm(bias_.slice(0, 3 * index, 3 * index + 3),
                   memory ? at::cat({state.z, state.h}, 1) : state.z,
                   weight_.slice(1, 3 * index, 3 * index + 3));
}

}  // namespace peekaboo::agent
