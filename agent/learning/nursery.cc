#include "agent/learning/nursery.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/suggest.h"
#include "sim/scene/draw.h"

namespace peekaboo::agent {

Nursery::Nursery(const std::string& scene, int image_size, uint64_t seed)
    : mixture_(scene),
      image_size_(image_size),
      seed_(seed),
      filmer_(mixture_.stage(), {.height = image_size, .width = image_size}) {
  for (const auto& [each, weight] : mixture_.scenes()) weights_.push_back(weight);
}

std::vector<uint8_t> Nursery::Shoot(sim::Split split, uint64_t index) {
  return Film(&filmer_, split, index).pixels;
}

sim::Episode Nursery::ShootKnown(sim::Split split, uint64_t index) {
  if (!knowing_) {
    knowing_ = std::make_unique<sim::Filmer>(
        mixture_.stage(),
        sim::FilmOptions{.height = image_size_, .width = image_size_, .visible = true});
  }
  return Film(knowing_.get(), split, index);
}

sim::Episode Nursery::Film(sim::Filmer* filmer, sim::Split split, uint64_t index) {
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const double at = RandomStream(seed_, "mixture", index).Uniform() * sum;
  const size_t pick = sim::PickByWeight(weights_, at);
  const sim::Scene& scene = *mixture_.scenes()[pick].first;
  const sim::Draw draw =
      sim::DrawFactors(*mixture_.stage(), scene, {split, seed_, index, /*attempt=*/0});
  return filmer->Shoot(scene, draw, {}).episode;
}

std::vector<std::pair<std::string, double>> Nursery::Mixture() const {
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  std::vector<std::pair<std::string, double>> mixture;
  for (size_t i = 0; i < weights_.size(); ++i)
    mixture.emplace_back(mixture_.scenes()[i].first->name, weights_[i] / sum);
  return mixture;
}

void Nursery::SetWeight(const std::string& scene, double weight) {
  if (!(weight >= 0) || !std::isfinite(weight))
    throw UserError("mixture: " + scene, "a weight is a number from 0 up");
  std::vector<std::string> names;
  for (size_t i = 0; i < weights_.size(); ++i) {
    names.push_back(mixture_.scenes()[i].first->name);
    if (names.back() != scene) continue;
    const double rest = std::accumulate(weights_.begin(), weights_.end(), 0.0) - weights_[i];
    if (weight == 0 && rest == 0)
      throw UserError("mixture: " + scene, "something must be left to watch");
    weights_[i] = weight;
    return;
  }
  throw UserError("mixture", fmt::format("has no scene '{}'{}", scene, Suggest(scene, names)));
}

}  // namespace peekaboo::agent
