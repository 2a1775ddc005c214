#pragma once

#include <algorithm>
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
  int pixel_code = 256;  ///< pixel: numbers that a predicted frame is decoded from
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

/// How a world model is trained. The defaults are the recipe of the shipped model (models/README).
struct TrainConfig {
  int clips = 4;                ///< clips a step
  int frames = 32;              ///< frames a clip; more than the longest horizon
  double learning_rate = 7e-4;  ///< peak
  double beta1 = 0.9;           ///< AdamW: decay of the mean of gradients
  double beta2 = 0.98;          ///< AdamW: decay of the mean of their squares
  double epsilon = 1e-8;        ///< AdamW: added to the root of the mean square
  double weight_decay = 1e-4;   ///< AdamW: decoupled, on all parameters
  /// Recorded clips are moved by up to this many pixels to each side, up and down at first, and by
  /// less and less until at the end they stay where they are: what is learned at one place then
  /// holds at others. Live learning moves nothing.
  int shift = 4;
  int warmup_steps = 100;   ///< steps over which the rate rises to its peak
  double final_rate = 0.0;  ///< share of the peak at which the cosine ends
  double clip_norm = 5.0;   ///< largest gradient norm; the variance head is clipped apart

  std::string objective = "vicreg";  ///< what keeps latents from collapsing: AntiCollapseNames()
  double objective_weight = 1.0;     ///< of the anti-collapse term
  double temporal_weight = 1.0;      ///< of its part on latents centred within their clip
  double covariance_weight = 0.04;   ///< vicreg: of covariance against variance
  int sigreg_slices = 128;           ///< sigreg: random directions a step
  double variance_weight = 0.1;      ///< of the variance head's negative log-likelihood
  int variance_clips = 2;            ///< clips of a step that the variance head learns from
  int pixel_pairs = 32;              ///< pixel: pairs of frame and horizon that a step decodes
  double pixel_weight = 20.0;        ///< pixel: of the squared error of pixels
  uint64_t seed = 0;                 ///< of every random number drawn in training

  /// No more than a step has.
  int VarianceClips() const { return std::min(variance_clips, clips); }

  static const ConfigDescription<TrainConfig>& Describe();
  void Validate(const std::string& where) const;  ///< as ModelConfig::Validate

  bool operator==(const TrainConfig&) const = default;
};

}  // namespace peekaboo::worldmodel
