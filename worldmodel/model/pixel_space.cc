// Predictions are codes [N, pixel_code] of frames, which a decoder draws: the generative baseline,
// with one variance for a frame.

#include <ATen/ATen.h>

#include "worldmodel/model/pixel_decoder.h"
#include "worldmodel/model/prediction_space.h"

namespace peekaboo::worldmodel {
namespace {

class PixelSpace : public PredictionSpace {
 public:
  PixelSpace(const ModelConfig& config, const Parameters& parameters)
      : grid_(config.Grid()), block_(config.StemSize() / grid_), decoder_(config, parameters) {}

  at::Tensor Target(const at::Tensor& frames, const at::Tensor&) const override { return frames; }

  Deviation Error(const at::Tensor& predicted, const at::Tensor& variance,
                  const at::Tensor& target) const override {
    const at::Tensor squared = (Drawn(predicted) - target.to(at::kFloat)).square();
    Deviation deviation;
    deviation.by_patch = squared.view({squared.size(0), grid_, block_, grid_, block_, -1})
                             .mean(at::IntArrayRef{2, 4, 5})
                             .view({squared.size(0), grid_ * grid_})
                             .contiguous();
    deviation.error = squared.flatten(1).mean(1).contiguous();
    deviation.normalised_error = (deviation.error / variance.squeeze(1)).contiguous();
    return deviation;
  }

  at::Tensor DrawFrames(const at::Tensor& predicted, GradientTape* tape) const override {
    return decoder_.Decode(predicted, tape);
  }
  bool of_frames() const override { return true; }

 private:
  at::Tensor Drawn(const at::Tensor& predicted) const {
    const at::NoGradGuard no_gradient;
    return DrawFrames(predicted, nullptr).to(at::kFloat);
  }

  int64_t grid_, block_;
  PixelDecoder decoder_;
};

}  // namespace

const PredictionSpaceType kPixelSpace = {
    [](const ModelConfig& config) { return int64_t{config.pixel_code}; },
    [](const ModelConfig&) { return int64_t{1}; },
    [](const ModelConfig& config, Parameters& parameters) {
      PixelDecoder::Declare(config, parameters);
    },
    [](const ModelConfig& config,
       const Parameters& parameters) -> std::unique_ptr<PredictionSpace> {
      return std::make_unique<PixelSpace>(config, parameters);
    },
};

}  // namespace peekaboo::worldmodel
