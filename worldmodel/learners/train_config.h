#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/config.h"

namespace peekaboo::worldmodel {

// A learner's or an objective's own settings are a table of their own, described in its .cc file.

/// Objective "vicreg": [train] vicreg.KEY (Bardes, Ponce & LeCun 2022).
struct VicRegConfig {
  double covariance_weight = 0.04;  ///< of covariance against variance

  static const ConfigDescription<VicRegConfig>& Describe();
  bool operator==(const VicRegConfig&) const = default;
};

/// Objective "sigreg": [train] sigreg.KEY (Balestriero & LeCun 2025, LeJEPA).
struct SigRegConfig {
  int slices = 128;  ///< random directions a step

  static const ConfigDescription<SigRegConfig>& Describe();
  bool operator==(const SigRegConfig&) const = default;
};

/// Learner "jepa": [train] jepa.KEY.
struct JepaLearnerConfig {
  int variance_clips = 2;  ///< clips of a step that the variance head learns from

  static const ConfigDescription<JepaLearnerConfig>& Describe();
  bool operator==(const JepaLearnerConfig&) const = default;
};

/// Learner "pixel": [train] pixel.KEY.
struct PixelLearnerConfig {
  int pairs = 32;        ///< pairs of frame and horizon that a step decodes
  double weight = 20.0;  ///< of the squared error of pixels

  static const ConfigDescription<PixelLearnerConfig>& Describe();
  bool operator==(const PixelLearnerConfig&) const = default;
};

/// Clips in which a body acts: [train] acting.KEY.
struct ActingConfig {
  int rollout_steps = 6;        ///< actions that are imagined one after another
  double rollout_weight = 1.0;  ///< of the squared error of what is imagined
  /// Of the same for the transition's perceptron, which shapes nothing; 0: the lesson that follows
  /// (TransitionConfig) teaches it alone, from many more rollouts in the same time.
  double wide_weight = 0.0;
  double inverse_weight = 1.0;   ///< of the squared error of guessed actions
  double straight_weight = 0.3;  ///< of how much the path of latents bends

  static const ConfigDescription<ActingConfig>& Describe();
  bool operator==(const ActingConfig&) const = default;
};

/// The transition once more, on latents as they are: [train] transition.KEY.
struct TransitionConfig {
  int steps = 4000;             ///< 0: nothing is learned so
  int starts = 192;             ///< rollouts a step
  int rollout_steps = 8;        ///< actions of each
  double learning_rate = 1e-3;  ///< peak

  static const ConfigDescription<TransitionConfig>& Describe();
  bool operator==(const TransitionConfig&) const = default;
};

/// The temporal distance, after all else: [train] distance.KEY.
struct DistanceConfig {
  int steps = 3000;             ///< 0: it is not learned
  int layouts = 8;              ///< worlds a step
  int moments = 64;             ///< of each, and those that follow them
  double learning_rate = 1e-3;  ///< peak

  static const ConfigDescription<DistanceConfig>& Describe();
  bool operator==(const DistanceConfig&) const = default;
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
  double variance_weight = 0.1;      ///< of the variance head's negative log-likelihood
  uint64_t seed = 0;                 ///< of every random number drawn in training

  VicRegConfig vicreg;
  SigRegConfig sigreg;
  JepaLearnerConfig jepa;
  PixelLearnerConfig pixel;
  ActingConfig acting;
  TransitionConfig transition;
  DistanceConfig distance;

  /// No more than a step has.
  int VarianceClips() const { return std::min(jepa.variance_clips, clips); }

  static const ConfigDescription<TrainConfig>& Describe();
  void Validate(const std::string& where) const;  ///< as ModelConfig::Validate

  bool operator==(const TrainConfig&) const = default;
};

}  // namespace peekaboo::worldmodel
