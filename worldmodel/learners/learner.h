#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/model_config.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// Which clip of which step a loss is of.
struct ClipOfStep {
  int64_t step;   ///< steps taken before this one
  int64_t index;  ///< from 0
  int64_t count;  ///< clips of the step
};

/// What a learner is given of a clip.
struct Clip {
  at::Tensor frames;   ///< [1, T, side, side, channels], as a FrameCodec packs them
  at::Tensor actions;  ///< [T, A] f32, of the last frame unused; not defined: nobody acts
};

/// What one clip adds to the loss of a step. Nothing in it depends on the other clips.
struct ClipLoss {
  at::Tensor total;  ///< the clip's share, weighted, with its graph; undefined where it has none
  std::vector<double> error;  ///< [K] sum of mean squared errors of latents (or pixels)
  std::vector<int> errors;    ///< [K] how many of them
  double variance = 0;        ///< share of the variance head's negative log-likelihood, unweighted
  double rollout = 0;         ///< share of the error of what was imagined, unweighted
  double inverse = 0;         ///< share of the error of guessed actions, unweighted
};

/// A term of the loss that needs the latents of all clips of a step.
struct BatchTerm {
  double value = 0;     ///< unweighted
  double weight = 0;    ///< in the loss
  at::Tensor gradient;  ///< of the weighted term in the latents, [B, T, D] f32, or not defined
};

/// What is minimised in training. Trainer and BatchGradient know no other difference between ways
/// to learn. A new one is a new file and one line in learner.cc; made once a training run. A
/// learner whose loss is slow may compute it in plain ATen: gradients come from its graph.
class Learner {
 public:
  virtual ~Learner() = default;

  /// Whether the error of the clip's predictions reaches the latents, and so the encoder; otherwise
  /// memory and predictor learn from latents as they are.
  virtual bool PredictionsShapeLatents(const Network&, const Clip&) const { return true; }

  /// The loss of one clip; `forward` (B = 1) is the pass of the network over it, whose z is a leaf.
  /// Any number of threads at once, each with a tape of its own.
  virtual ClipLoss Loss(const Network& network, const Clip& clip, const ForwardOutput& forward,
                        const ClipOfStep& place, GradientTape* tape) const = 0;

  /// Whether there is a term of all clips; BatchLoss is then called once a step, by any thread.
  virtual bool has_batch_loss() const { return false; }
  /// z [B, T, D] f32; `step`: steps taken before.
  virtual BatchTerm BatchLoss(const Network& network, const at::Tensor& z, int64_t step);

  /// Called after the optimiser's step, which may change the network (a moving average of the
  /// encoder, say).
  virtual void AfterStep(Network&) {}
};

/// The learner of a model's kind, which borrows `config`. Throws UserError for a setting that
/// cannot be.
std::unique_ptr<Learner> MakeLearner(const ModelConfig& model, const TrainConfig& config);

/// One per learner; a row of the table in learner.cc. `config` outlives it.
std::unique_ptr<Learner> MakeJepaLearner(const TrainConfig& config);
std::unique_ptr<Learner> MakePixelLearner(const TrainConfig& config);

}  // namespace peekaboo::worldmodel
