#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/episode/film.h"
#include "sim/scene/scene_mixture.h"

namespace peekaboo::agent {

/// Films to learn from, one after another, from a mixture whose weights may change. Belongs to the
/// thread whose GlContext is current when it is made.
class Nursery {
 public:
  /// Throws UserError as sim::SceneMixture does.
  Nursery(const std::string& scene, int image_size, uint64_t seed);

  /// Film `index` of a split, u8 [frames, H, W, 3]: (seed, split, index) and the weights decide it.
  std::vector<uint8_t> Shoot(sim::Split split, uint64_t index);
  /// The same film with what is known about it, how much of each object is seen included, which
  /// takes twice as long.
  sim::Episode ShootKnown(sim::Split split, uint64_t index);

  int frames() const { return mixture_.first().frames; }
  /// Scenes by name, with weights that sum to 1.
  std::vector<std::pair<std::string, double>> Mixture() const;
  /// Throws UserError for a name that is not part of it, a weight below 0, or if none is above 0.
  void SetWeight(const std::string& scene, double weight);

 private:
  sim::Episode Film(sim::Filmer* filmer, sim::Split split, uint64_t index);

  sim::SceneMixture mixture_;
  int image_size_;
  uint64_t seed_;
  std::vector<double> weights_;
  sim::Filmer filmer_;
  std::unique_ptr<sim::Filmer> knowing_;  // made when it is first needed
};

}  // namespace peekaboo::agent
