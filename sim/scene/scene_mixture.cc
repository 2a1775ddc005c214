#include "sim/scene/scene_mixture.h"

#include <fmt/format.h>
#include <mujoco/mujoco.h>

#include "base/error.h"
#include "base/random.h"

namespace peekaboo::sim {

size_t PickByWeight(std::span<const double> weights, double at) {
  size_t pick = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    pick = i;
    at -= weights[i];
    if (at < 0) break;
  }
  return pick;
}

SceneMixture::SceneMixture(const std::string& scene, const BareSceneOptions& bare) {
  if (IsBareScene(scene)) {
    scenes_.emplace_back(BareScene(scene, bare), 1.0);
  } else {
    scenes_ = LoadMixture(FindScene(scene));
  }
  const Scene& reference = first();
  stage_ = Stage::Load(reference.model);
  for (const auto& [each, weight] : scenes_) {
    if (each->model != reference.model || each->frames != reference.frames ||
        each->frame_hz != reference.frame_hz || each->objects != reference.objects ||
        each->camera != reference.camera || each->play.repeat != reference.play.repeat ||
        each->play.acts() != reference.play.acts()) {
      throw UserError(
          each->path,
          fmt::format("has another model, camera, frames, frame_hz or objects than {}, or "
                      "plays where that does not: films of one file must agree",
                      reference.path));
    }
    if (scenes_.size() > 1 && each->play.FilmsOfLayout() != 1) {
      throw UserError(each->path + ": play.layout",
                      "is not for a mixture: its films are of one scene after another");
    }
    stage_->Check(*each);
    weights_.push_back(weight);
    fingerprint_ = Fingerprint(fmt::format("{} {:f} ", each->fingerprint, weight), fingerprint_);
  }
  fingerprint_ = Fingerprint(mj_versionString(), fingerprint_);
}

size_t SceneMixture::Pick(uint64_t seed, uint64_t index) const {
  return PickByWeight(weights_, RandomStream(seed, "mixture", index).Uniform());
}

}  // namespace peekaboo::sim
