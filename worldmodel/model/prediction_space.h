#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// How far what came lies from what was predicted.
struct Deviation {
  at::Tensor error;             ///< [N] f32: mean squared difference
  at::Tensor by_patch;          ///< [N, P] f32: the same for each patch of the grid
  at::Tensor normalised_error;  ///< [N] f32: mean of squared difference over predicted variance
};

/// What the predictor predicts: latents of the frames to come (a JEPA) or their pixels (the
/// generative baseline). A new one is a new file and one line at the end of this one; a new kind of
/// model is one line in prediction_space.cc. Immutable; any thread. Internal to worldmodel.
class PredictionSpace {
 public:
  virtual ~PredictionSpace() = default;

  /// What predictions of these frames are compared with: frames [N, side, side, channels] as a
  /// FrameCodec packs them, z [N, D] f32 their latents -> [N, ...].
  virtual at::Tensor Target(const at::Tensor& frames, const at::Tensor& z) const = 0;
  /// predicted [N, PredictionSize], variance [N, VarianceSize] f32, target as Target gives it,
  /// which the error is differentiable in (in predictions too, but for those of frames).
  virtual Deviation Error(const at::Tensor& predicted, const at::Tensor& variance,
                          const at::Tensor& target) const = 0;
  /// Frames that predictions [N, PredictionSize] stand for, [N, side, side, channels], of the same
  /// type; a CHECK failure where they stand for none (of_frames() is false).
  virtual at::Tensor DrawFrames(const at::Tensor& predicted, GradientTape* tape) const;
  virtual bool of_frames() const { return false; }
};

/// Numbers in one prediction, and in the variance that goes with it. What ModelConfig::kind names
/// must exist (ModelConfig::Validate).
int64_t PredictionSize(const ModelConfig& config);
int64_t VarianceSize(const ModelConfig& config);
/// Parameters of its own, if it has any.
void DeclarePredictionSpace(const ModelConfig& config, Parameters& parameters);
/// Borrows the parameters' tensors.
std::unique_ptr<PredictionSpace> MakePredictionSpace(const ModelConfig& config,
                                                     const Parameters& parameters);

/// What there is to know of a space before there is one. Which kinds of model predict in it says
/// the table in prediction_space.cc.
struct PredictionSpaceType {
  int64_t (*prediction_size)(const ModelConfig& config);
  int64_t (*variance_size)(const ModelConfig& config);
  void (*declare)(const ModelConfig& config, Parameters& parameters);
  std::unique_ptr<PredictionSpace> (*make)(const ModelConfig& config, const Parameters& parameters);
};
extern const PredictionSpaceType kLatentSpace;
extern const PredictionSpaceType kPixelSpace;

}  // namespace peekaboo::worldmodel
