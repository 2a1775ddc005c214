#include "worldmodel/model/model_config.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "worldmodel/kernels/gemm_probe.h"

namespace peekaboo::worldmodel {

const ConfigDescription<ModelConfig>& ModelConfig::Describe() {
  using C = ModelConfig;
  static const auto description =
      ConfigDescription<C>("The shape of the world model.")
          .Field("kind", &C::kind,
                 "What is predicted: latents of the frames to come or their pixels",
                 {.choices = {"jepa", "pixel"}})
          .Field("image_size", &C::image_size, "Height and width of a frame",
                 {.unit = "pixels", .min = 16, .max = 512})
          .Field("unshuffle", &C::unshuffle, "Side of the blocks that become channels",
                 {.unit = "pixels", .min = 1, .max = 16})
          .Field("encoder_widths", &C::encoder_widths, "Channels after conv 3x3, 4x4/2 and 4x4/2",
                 {.min = 8, .max = 2048, .min_size = 3, .max_size = 3})
          .Field("patch_channels", &C::patch_channels, "Numbers that describe a patch of the grid",
                 {.min = 1, .max = 2048})
          .Field("memory_size", &C::memory_size, "State of the recurrent memory",
                 {.min = 1, .max = 8192})
          .Field("predictor_hidden", &C::predictor_hidden, "Units in the predictor's hidden layers",
                 {.min = 1, .max = 8192})
          .Field("variance_hidden", &C::variance_hidden,
                 "Units in the variance head's hidden layer", {.min = 1, .max = 8192})
          .Field("horizons", &C::horizons, "How far ahead to predict, ascending",
                 {.unit = "frames", .min = 1, .max = 1024, .min_size = 1, .max_size = 16})
          .Field("pixel_code", &C::pixel_code, "Numbers a frame is decoded from (kind = pixel)",
                 {.min = 1, .max = 8192})
          .Field("precision", &C::precision,
                 "Numbers of the matrix products; auto: bf16 where the processor has it",
                 {.choices = {"auto", "bf16", "f32"}});
  return description;
}

Precision ModelConfig::ProductPrecision() const {
  if (precision == "auto") return FasterPrecision();
  return precision == "f32" ? Precision::kF32 : Precision::kBf16;
}

void ModelConfig::Validate(const std::string& where) const {
  Describe().Validate(*this, where);
  if (image_size % (4 * unshuffle) != 0) {
    throw UserError(where + ": image_size", std::to_string(image_size) + " is not a multiple of " +
                                                std::to_string(4 * unshuffle) + " (4 * unshuffle)");
  }
  if (std::ranges::adjacent_find(horizons, std::greater_equal<>()) != horizons.end()) {
    throw UserError(where + ": horizons", "must ascend");
  }
}

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
          .Field("covariance_weight", &C::covariance_weight, "vicreg: weight of the covariances",
                 {.min = 0, .max = 1e4})
          .Field("sigreg_slices", &C::sigreg_slices, "sigreg: random directions a step",
                 {.min = 1, .max = 8192})
          .Field("variance_weight", &C::variance_weight,
                 "Weight of the variance head's negative log-likelihood", {.min = 0, .max = 1e4})
          .Field("variance_clips", &C::variance_clips,
                 "Clips of a step that the variance head learns from (kind = jepa)",
                 {.min = 1, .max = 4096})
          .Field("pixel_pairs", &C::pixel_pairs,
                 "Pairs of frame and horizon decoded a step (kind = pixel)", {.min = 1, .max = 1e6})
          .Field("pixel_weight", &C::pixel_weight, "Weight of the pixels' error (kind = pixel)",
                 {.min = 0, .max = 1e4})
          .Field("seed", &C::seed, "Seed of every random number drawn in training");
  return description;
}

void TrainConfig::Validate(const std::string& where) const { Describe().Validate(*this, where); }

}  // namespace peekaboo::worldmodel
