// A JEPA: the latents to come are predicted, and an anti-collapse term keeps them from becoming
// constant.

#include <ATen/ATen.h>

#include "worldmodel/kernels/horizon_loss.h"
#include "worldmodel/learners/acting_loss.h"
#include "worldmodel/learners/anti_collapse.h"
#include "worldmodel/learners/learner.h"

namespace peekaboo::worldmodel {
namespace {

class JepaLearner : public Learner {
 public:
  explicit JepaLearner(const TrainConfig& config)
      : config_(config), objective_(MakeAntiCollapse(config)) {}

  // What is foreseen without knowing the actions is what does not depend on them: its error would
  // ask the latents to leave out what the body does.
  bool PredictionsShapeLatents(const Network& network, const Clip& clip) const override {
    return !Acts(network, clip);
  }

  ClipLoss Loss(const Network& network, const Clip& clip, const ForwardOutput& forward,
                const ClipOfStep& place, GradientTape* tape) const override {
    const ModelConfig& model = network.config;
    const at::Tensor& z = forward.z;
    const Latents latents{z.view({z.size(0), z.size(1), model.Patches(), -1}), place.step};
    at::Tensor targets = objective_->Targets(latents).flatten(2);
    if (!PredictionsShapeLatents(network, clip)) targets = targets.detach();
    ClipLoss loss;
    loss.total = HorizonError(forward.predictions, targets, model.horizons, &loss.error) /
                 static_cast<double>(place.count);
    loss.errors.assign(loss.error.size(), 1);
    if (place.index < config_.VarianceClips()) {
      const at::Tensor log_variance = network.variance.LogVariance(forward.context, tape);
      const at::Tensor share = VarianceLoss(log_variance.view(forward.predictions.sizes()),
                                            forward.predictions, targets, model.horizons) /
                               config_.VarianceClips();
      loss.variance = share.item<float>();
      loss.total = loss.total + share * config_.variance_weight;
    }
    if (Acts(network, clip)) {
      const ActingLoss acting = ComputeActingLoss(network, forward, clip.actions, config_.acting,
                                                  clip.frames.scalar_type(), tape);
      const auto clips = static_cast<double>(place.count);
      loss.total = loss.total + acting.total / clips;
      loss.rollout = acting.rollout.item<float>() / clips;
      if (acting.inverse.defined()) loss.inverse = acting.inverse.item<float>() / clips;
    }
    return loss;
  }

  bool has_batch_loss() const override { return true; }

  BatchTerm BatchLoss(const Network& network, const at::Tensor& z, int64_t step) override {
    const at::Tensor leaf =
        z.view({z.size(0), z.size(1), network.config.Patches(), -1}).detach().requires_grad_(true);
    const at::Tensor penalty = objective_->Penalty({leaf, step});
    BatchTerm term{penalty.item<float>(), config_.objective_weight, {}};
    if (penalty.requires_grad()) {
      (penalty * config_.objective_weight).backward();
      term.gradient = leaf.grad().view(z.sizes());
    }
    return term;
  }

 private:
  static bool Acts(const Network& network, const Clip& clip) {
    return clip.actions.defined() && network.transition.exists();
  }

  const TrainConfig& config_;
  std::unique_ptr<AntiCollapse> objective_;
};

}  // namespace

const ConfigDescription<JepaLearnerConfig>& JepaLearnerConfig::Describe() {
  using C = JepaLearnerConfig;
  static const auto description =
      ConfigDescription<C>("Learning to predict latents.")
          .Field("variance_clips", &C::variance_clips,
                 "Clips of a step that the variance head learns from", {.min = 1, .max = 4096});
  return description;
}

std::unique_ptr<Learner> MakeJepaLearner(const TrainConfig& config) {
  return std::make_unique<JepaLearner>(config);
}

}  // namespace peekaboo::worldmodel
