#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config.h"
#include "worldmodel/kernels/precision.h"

namespace peekaboo::worldmodel {

/// The shape of a world model. Saved with the weights.
struct ModelConfig {
  /// "jepa" predicts the latents of the frames to come (LeCun 2022, "A path towards autonomous
  /// machine intelligence"); "pixel" their pixels: the generative baseline, with the same encoder
  /// and memory.
  std::string kind = "jepa";
  int image_size = 64;  ///< pixels, height and width of an RGB frame; a multiple of 4 * unshuffle
  int unshuffle = 4;  ///< pixels; blocks of this side become channels before the first convolution
  std::vector<int> encoder_widths = {32, 64, 128};  ///< channels after conv 3x3, 4x4/2 and 4x4/2
  int patch_channels = 32;                          ///< numbers that describe a patch of the grid
  int memory_size = 256;                            ///< H, state of the recurrent memory
  int predictor_hidden = 448;                ///< units in each of the predictor's two hidden layers
  int variance_hidden = 64;                  ///< units in the hidden layer of the variance head
  std::vector<int> horizons = {1, 2, 4, 8};  ///< frames ahead, ascending
  /// A, numbers in an action; 0: the model only watches, and has no Transition.
  int action_size = 0;
  int action_repeat = 1;       ///< frames that an action is held: what one Transition leads over
  int transition_hidden = 64;  ///< channels in the transition's convolutions
  int transition_wide = 1024;  ///< units in its perceptrons' hidden layers; 0: it has none
  int transition_state = 512;  ///< S, numbers of the state that these imagine in
  int inverse_hidden = 128;    ///< units in the hidden layer of the inverse dynamics
  int distance_hidden = 256;   ///< units in the temporal distance's two hidden layers
  int distance_size = 32;      ///< E, numbers in which it is Euclidean
  int pixel_code = 256;        ///< pixel: numbers that a predicted frame is decoded from
  /// Of the matrix products, in training and perception: "f32", "bf16", or "auto", the faster on
  /// this machine. A file of weights does not say: what it holds is f32 either way.
  std::string precision = "auto";

  static const ConfigDescription<ModelConfig>& Describe();
  /// Limits of single fields and what must hold between them. Throws UserError naming `where` and
  /// the key.
  void Validate(const std::string& where) const;

  bool PredictsPixels() const { return kind == "pixel"; }
  /// `precision`, "auto" resolved by FasterPrecision().
  Precision ProductPrecision() const;
  /// Side of the unshuffled frame, and its channels.
  int StemSize() const { return image_size / unshuffle; }
  int StemChannels() const { return unshuffle * unshuffle * 3; }
  /// Side of the grid of patches, and their number.
  int Grid() const { return StemSize() / 4; }
  int Patches() const { return Grid() * Grid(); }
  /// D, numbers in a latent.
  int LatentSize() const { return Patches() * patch_channels; }
  /// K
  int Horizons() const { return static_cast<int>(horizons.size()); }
  int FrameBytes() const { return image_size * image_size * 3; }

  bool operator==(const ModelConfig&) const = default;
};

}  // namespace peekaboo::worldmodel
