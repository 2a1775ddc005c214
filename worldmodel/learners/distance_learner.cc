#include "worldmodel/learners/distance_learner.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/learners/distance_loss.h"
#include "worldmodel/learners/lesson.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

/// Draws moments that films of one world have, and those that follow them.
class MomentSource {
 public:
  MomentSource(const LatentFilms& films, int moments)
      : z_(films.z),
        films_(films.z.size(0)),
        of_layout_(films.films_of_layout > 0 ? std::min(films.films_of_layout, films_) : films_),
        moments_(moments) {}

  void Draw(RandomStream& random, at::Tensor* before, at::Tensor* after) const {
    const int64_t layouts = films_ / of_layout_;  // a last one with fewer films is left out
    const auto first = static_cast<int64_t>(random.Below(layouts)) * of_layout_;
    std::vector<int64_t> rows;
    const int64_t length = z_.size(1);
    for (int m = 0; m < moments_; ++m) {
      const auto film = first + static_cast<int64_t>(random.Below(of_layout_));
      rows.push_back(film * length + static_cast<int64_t>(random.Below(length - 1)));
    }
    const at::Tensor index = at::tensor(rows), flat = z_.flatten(0, 1);
    *before = flat.index_select(0, index);
    *after = flat.index_select(0, index + 1);
  }

 private:
  const at::Tensor& z_;
  int64_t films_, of_layout_;
  int moments_;
};

}  // namespace

const ConfigDescription<DistanceConfig>& DistanceConfig::Describe() {
  using C = DistanceConfig;
  static const auto description =
      ConfigDescription<C>("Learning how many actions lie between two moments.")
          .Field("steps", &C::steps, "Steps, after all others; 0: it is not learned",
                 {.min = 0, .max = 1e7})
          .Field("layouts", &C::layouts, "Worlds a step", {.min = 1, .max = 4096})
          .Field("moments", &C::moments, "Moments of each, and those that follow them",
                 {.min = 2, .max = 4096})
          .Field("learning_rate", &C::learning_rate, "Peak of the learning rate",
                 {.min = 0, .max = 1});
  return description;
}

bool LearnDistance(WorldModel& model, const std::vector<LatentFilms>& recordings,
                   const DistanceConfig& config, uint64_t seed,
                   const std::function<bool(int64_t step)>& observe) {
  Network& network = model.network();
  PEEKABOO_CHECK(network.transition.exists() && !recordings.empty());
  const at::ScalarType type = ToScalarType(network.config.ProductPrecision());
  std::vector<MomentSource> sources;
  uint64_t all = 0;
  for (const LatentFilms& films : recordings) {
    PEEKABOO_CHECK(films.z.dim() == 3 && films.z.size(1) > 1);
    sources.emplace_back(films, config.moments);
    all += static_cast<uint64_t>(films.z.size(0));
  }
  const auto pick = [&](RandomStream& random) -> const MomentSource& {
    auto film = static_cast<int64_t>(sources.size() > 1 ? random.Below(all) : 0);
    size_t at = 0;
    while (film >= recordings[at].z.size(0)) film -= recordings[at++].z.size(0);
    return sources[at];
  };
  Lesson lesson;
  lesson.part = "distance.";
  lesson.steps = config.steps;
  lesson.learning_rate = config.learning_rate;
  lesson.lanes = config.layouts;
  lesson.observe = observe;
  lesson.loss = [&](int64_t step, int64_t layout, GradientTape* tape) {
    RandomStream random(seed, "distance", static_cast<uint64_t>(step * config.layouts + layout));
    at::Tensor before, after;
    pick(random).Draw(random, &before, &after);
    return ComputeDistanceLoss(network, before, after, type, tape) / config.layouts;
  };
  return RunLesson(network.parameters, lesson);
}

}  // namespace peekaboo::worldmodel
