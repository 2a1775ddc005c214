#include "worldmodel/learners/train_config.h"

namespace peekaboo::worldmodel {

const ConfigDescription<TrainConfig>& TrainConfig::Describe() {
  using C = TrainConfig;
  static const auto description =
      ConfigDescription<C>("How the world model is trained.")
          .Field("clips", &C::clips, "Clips a step", {.min = 1, .max = 4096})
          .Field("frames", &C::frames, "Frames a clip", {.min = 2, .max = 4096})
          .Field("learning_rate", &C::learning_rate, "Peak of the learning rate",
                 {.min = 0, .max = 1})
          .Field("beta1", &C::beta1, "AdamW: decay of the mean of gradients",
                 {.min = 0, .max = 0.9999})
          .Field("beta2", &C::beta2, "AdamW: decay of the mean of their squares",
                 {.min = 0, .max = 0.999999})
          .Field("epsilon", &C::epsilon, "AdamW: added to the root of the mean square",
                 {.min = 1e-12, .max = 1})
          .Field("weight_decay", &C::weight_decay, "AdamW: decoupled weight decay",
                 {.min = 0, .max = 1})
          .Field("shift", &C::shift, "Clips are moved by up to this much at first, at the end not",
                 {.unit = "pixels", .min = 0, .max = 16})
          .Field("warmup_steps", &C::warmup_steps, "Rise of the rate to its peak",
                 {.unit = "steps", .min = 0, .max = 1e6})
          .Field("final_rate", &C::final_rate, "Share of the peak at which the rate ends",
                 {.min = 0, .max = 1})
          .Field("clip_norm", &C::clip_norm, "Largest norm of the gradient",
                 {.min = 1e-6, .max = 1e6})
          .Field("objective", &C::objective, "What keeps the latents from collapsing")
          .Field("objective_weight", &C::objective_weight, "Weight of the anti-collapse term",
                 {.min = 0, .max = 1e4})
          .Field("temporal_weight", &C::temporal_weight,
                 "Weight of its part on latents centred within their clip", {.min = 0, .max = 1e4})
          .Field("variance_weight", &C::variance_weight,
                 "Weight of the variance head's negative log-likelihood", {.min = 0, .max = 1e4})
          .Field("seed", &C::seed, "Seed of every random number drawn in training")
          .Nested("vicreg", &C::vicreg)
          .Nested("sigreg", &C::sigreg)
          .Nested("jepa", &C::jepa)
          .Nested("pixel", &C::pixel)
          .Nested("acting", &C::acting)
          .Nested("transition", &C::transition)
          .Nested("distance", &C::distance)
          .Formerly("covariance_weight", "vicreg.covariance_weight")
          .Formerly("sigreg_slices", "sigreg.slices")
          .Formerly("variance_clips", "jepa.variance_clips")
          .Formerly("pixel_pairs", "pixel.pairs")
          .Formerly("pixel_weight", "pixel.weight");
  return description;
}

void TrainConfig::Validate(const std::string& where) const { Describe().Validate(*this, where); }

}  // namespace peekaboo::worldmodel
