#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/scene/bare_scene.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {

/// The index i whose share of the line holds `at`: weights are laid end to end from 0, `at` in [0,
/// their sum). Never one of weight 0, unless all are.
size_t PickByWeight(std::span<const double> weights, double at);

/// A scene or mixture made ready: loaded, checked against its stage, weighted.
class SceneMixture {
 public:
  /// `scene`: name or path, or the path of an MJCF, filmed as `bare` says. Throws UserError for
  /// anything wrong in any of the scenes; they must agree on stage, frames, rate and objects, since
  /// their films go into one file.
  explicit SceneMixture(const std::string& scene, const BareSceneOptions& bare = {});

  const std::vector<std::pair<std::shared_ptr<const Scene>, double>>& scenes() const {
    return scenes_;
  }
  const std::shared_ptr<const Stage>& stage() const { return stage_; }
  const Scene& first() const { return *scenes_.front().first; }
  /// Tells versions of what is filmed apart: of the scenes' files, their weights and MuJoCo's
  /// version, but not of this program.
  uint64_t fingerprint() const { return fingerprint_; }
  /// Which scene film `index` shows, index into scenes().
  size_t Pick(uint64_t seed, uint64_t index) const;

 private:
  std::vector<std::pair<std::shared_ptr<const Scene>, double>> scenes_;
  std::vector<double> weights_;
  std::shared_ptr<const Stage> stage_;
  uint64_t fingerprint_ = 0;
};

}  // namespace peekaboo::sim
