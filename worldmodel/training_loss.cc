#include "worldmodel/training_loss.h"

#include <ATen/ATen.h>

#include <limits>

#include "sim/random.h"
#include "worldmodel/horizon_loss.h"

namespace peekaboo::worldmodel {
namespace {

// (row of the predictions [B * T * K], row of the frames [B * T], horizon's index)
struct Pairs {
  at::Tensor prediction, frame;
  std::vector<int> horizon;
};

Pairs DrawPairs(const ModelConfig& model, const TrainConfig& config, int64_t clips, int64_t frames,
                int64_t step) {
  RandomStream random(config.seed, "pixel_pairs", static_cast<uint64_t>(step));
  const int64_t count = config.pixel_pairs;
  Pairs pairs{at::empty({count}, at::kLong), at::empty({count}, at::kLong), {}};
  for (int64_t n = 0; n < count; ++n) {
    const int i = static_cast<int>(n % model.Horizons());  // all horizons equally often
    const int64_t b = static_cast<int64_t>(random.Below(clips));
    const int64_t t = static_cast<int64_t>(random.Below(frames - model.horizons[i]));
    pairs.prediction.data_ptr<int64_t>()[n] = (b * frames + t) * model.Horizons() + i;
    pairs.frame.data_ptr<int64_t>()[n] = b * frames + t + model.horizons[i];
    pairs.horizon.push_back(i);
  }
  return pairs;
}

// Of the first `clips` of the batch.
at::Tensor LatentVarianceLoss(const Network& network, const Outlook& outlook,
                              const at::Tensor& targets, int64_t clips) {
  const at::Tensor predictions = outlook.predictions.narrow(0, 0, clips);
  const at::Tensor context = outlook.context.narrow(0, 0, clips * predictions.size(1));
  return VarianceLoss(network.variance.LogVariance(context).view(predictions.sizes()), predictions,
                      targets.narrow(0, 0, clips), network.config.horizons);
}

}  // namespace

LossTerms JepaLoss(const Network& network, const TrainConfig& config, AntiCollapse& objective,
                   const at::Tensor& frames, int64_t step) {
  const ModelConfig& model = network.config;
  const Outlook outlook = LookAhead(network, frames);
  const Latents latents{outlook.z.view({frames.size(0), frames.size(1), model.Patches(), -1}),
                        step};

  LossTerms terms;
  terms.z = outlook.z.detach();
  const at::Tensor targets = objective.Targets(latents).flatten(2);
  const at::Tensor prediction =
      HorizonError(outlook.predictions, targets, model.horizons, &terms.by_horizon);
  const at::Tensor anti_collapse = objective.Penalty(latents);
  const at::Tensor variance = LatentVarianceLoss(network, outlook, targets, config.VarianceClips());
  terms.prediction = prediction.item<float>();
  terms.anti_collapse = anti_collapse.item<float>();
  terms.variance = variance.item<float>();
  terms.total =
      prediction + anti_collapse * config.objective_weight + variance * config.variance_weight;
  return terms;
}

LossTerms PixelLoss(const Network& network, const TrainConfig& config, const at::Tensor& frames,
                    int64_t step) {
  const ModelConfig& model = network.config;
  const Outlook outlook = LookAhead(network, frames);
  const Pairs pairs = DrawPairs(model, config, frames.size(0), frames.size(1), step);
  const at::Tensor codes = outlook.predictions.flatten(0, 2).index_select(0, pairs.prediction);
  const at::Tensor seen = frames.flatten(0, 1).index_select(0, pairs.frame);
  const at::Tensor errors = (network.decoder->Decode(codes).to(at::kFloat) - seen.to(at::kFloat))
                                .square()
                                .mean(at::IntArrayRef{1, 2, 3});

  const at::Tensor log_variance = network.variance.LogVariance(outlook.context)
                                      .flatten()
                                      .index_select(0, pairs.prediction)
                                      .to(at::kFloat)
                                      .clamp(kLogVarianceMin, kLogVarianceMax);
  const at::Tensor variance = (log_variance + errors.detach() * (-log_variance).exp()).mean();

  LossTerms terms;
  terms.z = outlook.z.detach();
  terms.total = errors.mean() * config.pixel_weight + variance * config.variance_weight;
  terms.prediction = errors.mean().item<float>();
  terms.variance = variance.item<float>();
  std::vector<int> counts(model.Horizons());
  terms.by_horizon.assign(model.Horizons(), 0.0);
  for (size_t n = 0; n < pairs.horizon.size(); ++n) {
    terms.by_horizon[pairs.horizon[n]] += errors[n].item<float>();
    ++counts[pairs.horizon[n]];
  }
  for (int i = 0; i < model.Horizons(); ++i) {
    terms.by_horizon[i] =
        counts[i] > 0 ? terms.by_horizon[i] / counts[i] : std::numeric_limits<double>::quiet_NaN();
  }
  return terms;
}

}  // namespace peekaboo::worldmodel
