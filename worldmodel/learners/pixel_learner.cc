// The generative baseline: squared error of pixels for pairs of frame and horizon drawn from
// RandomStream(seed, "pixel_pairs", step * count + index), with the same encoder and memory.

#include <ATen/ATen.h>

#include <algorithm>

#include "base/random.h"
#include "worldmodel/kernels/horizon_loss.h"
#include "worldmodel/learners/learner.h"

namespace peekaboo::worldmodel {
namespace {

// (row of the predictions [T * K], frame, horizon's index)
struct Pairs {
  at::Tensor prediction, frame;
  std::vector<int> horizon;
};

// A step's pairs are dealt to its clips, and all horizons come up equally often.
Pairs DrawPairs(const ModelConfig& model, const TrainConfig& config, int64_t frames,
                const ClipOfStep& clip) {
  RandomStream random(config.seed, "pixel_pairs",
                      static_cast<uint64_t>(clip.step * clip.count + clip.index));
  const int64_t each = config.pixel.pairs / clip.count, more = config.pixel.pairs % clip.count;
  const int64_t count = each + (clip.index < more ? 1 : 0);
  // The number of the clip's first pair, counted through all clips of all steps.
  const int64_t first =
      clip.step * config.pixel.pairs + clip.index * each + std::min(clip.index, more);
  Pairs pairs{at::empty({count}, at::kLong), at::empty({count}, at::kLong), {}};
  for (int64_t n = 0; n < count; ++n) {
    const int i = static_cast<int>((first + n) % model.Horizons());
    const auto t = static_cast<int64_t>(random.Below(frames - model.horizons[i]));
    pairs.prediction.data_ptr<int64_t>()[n] = t * model.Horizons() + i;
    pairs.frame.data_ptr<int64_t>()[n] = t + model.horizons[i];
    pairs.horizon.push_back(i);
  }
  return pairs;
}

class PixelLearner : public Learner {
 public:
  explicit PixelLearner(const TrainConfig& config) : config_(config) {}

  ClipLoss Loss(const Network& network, const Clip& clip, const ForwardOutput& forward,
                const ClipOfStep& place, GradientTape* tape) const override {
    const ModelConfig& model = network.config;
    const Pairs pairs = DrawPairs(model, config_, clip.frames.size(1), place);
    ClipLoss loss;
    loss.error.assign(model.Horizons(), 0.0);
    loss.errors.assign(model.Horizons(), 0);
    if (pairs.horizon.empty()) return loss;
    const at::Tensor codes = forward.predictions.flatten(0, 2).index_select(0, pairs.prediction);
    const at::Tensor seen = clip.frames[0].index_select(0, pairs.frame);
    const at::Tensor errors =
        (network.space->DrawFrames(codes, tape).to(at::kFloat) - seen.to(at::kFloat))
            .square()
            .mean(at::IntArrayRef{1, 2, 3});

    const at::Tensor log_variance = network.variance.LogVariance(forward.context, tape)
                                        .flatten()
                                        .index_select(0, pairs.prediction)
                                        .to(at::kFloat)
                                        .clamp(kLogVarianceMin, kLogVarianceMax);
    const double share = 1.0 / config_.pixel.pairs;
    const at::Tensor variance =
        (log_variance + errors.detach() * (-log_variance).exp()).sum() * share;

    loss.total = errors.sum() * (share * config_.pixel.weight) + variance * config_.variance_weight;
    loss.variance = variance.item<float>();
    for (size_t n = 0; n < pairs.horizon.size(); ++n) {
      loss.error[pairs.horizon[n]] += errors[static_cast<int64_t>(n)].item<float>();
      ++loss.errors[pairs.horizon[n]];
    }
    return loss;
  }

 private:
  const TrainConfig& config_;
};

}  // namespace

const ConfigDescription<PixelLearnerConfig>& PixelLearnerConfig::Describe() {
  using C = PixelLearnerConfig;
  static const auto description =
      ConfigDescription<C>("Learning to predict pixels.")
          .Field("pairs", &C::pairs, "Pairs of frame and horizon decoded a step",
                 {.min = 1, .max = 1e6})
          .Field("weight", &C::weight, "Weight of the pixels' error", {.min = 0, .max = 1e4});
  return description;
}

std::unique_ptr<Learner> MakePixelLearner(const TrainConfig& config) {
  return std::make_unique<PixelLearner>(config);
}

}  // namespace peekaboo::worldmodel
