#include "worldmodel/model/model_config.h"

#include <fmt/format.h>

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
          .Field("action_size", &C::action_size,
                 "Numbers in an action (0: only watches); the films decide", {.min = 0, .max = 256})
          .Field("action_repeat", &C::action_repeat, "How long an action is held; the films decide",
                 {.unit = "frames", .min = 1, .max = 64})
          .Field("transition_hidden", &C::transition_hidden,
                 "Channels in the convolutions of what an action leads to", {.min = 1, .max = 8192})
          .Field("transition_wide", &C::transition_wide,
                 "Units in its perceptrons' hidden layers; 0: convolutions alone imagine",
                 {.min = 0, .max = 16384})
          .Field("transition_state", &C::transition_state,
                 "Numbers of the state that the perceptrons imagine in", {.min = 1, .max = 16384})
          .Field("inverse_hidden", &C::inverse_hidden,
                 "Units in the hidden layer that guesses actions", {.min = 1, .max = 8192})
          .Field("distance_hidden", &C::distance_hidden,
                 "Units in the temporal distance's two hidden layers", {.min = 1, .max = 8192})
          .Field("distance_size", &C::distance_size, "Numbers in which it is Euclidean",
                 {.min = 1, .max = 1024})
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
    throw UserError(
        where + ": image_size",
        fmt::format("{} is not a multiple of {} (4 * unshuffle)", image_size, 4 * unshuffle));
  }
  if (std::ranges::adjacent_find(horizons, std::greater_equal<>()) != horizons.end()) {
    throw UserError(where + ": horizons", "must ascend");
  }
}

}  // namespace peekaboo::worldmodel
