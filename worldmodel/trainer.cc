#include "worldmodel/trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

#include "sim/check.h"
#include "sim/error.h"
#include "worldmodel/layers.h"
#include "worldmodel/network.h"
#include "worldmodel/optimiser.h"
#include "worldmodel/safetensors.h"
#include "worldmodel/training_loss.h"
#include "worldmodel/weights_file.h"

namespace peekaboo::worldmodel {
namespace {

constexpr char kFormat[] = "peekaboo.trainer_state";
constexpr char kVersion[] = "1";

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

SafetensorsFile::Tensor ToFile(const at::Tensor& flat) {
  const auto* bytes = static_cast<const uint8_t*>(flat.data_ptr());
  return {DType::kF32, {flat.numel()}, {bytes, bytes + flat.nbytes()}};
}

const SafetensorsFile::Tensor& Moments(const SafetensorsFile& file, const std::string& name,
                                       int64_t size, const std::string& path) {
  const std::string where = path + ": tensor " + name;
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) throw UserError(where, "is missing");
  if (found->second.dtype != DType::kF32 || found->second.shape != std::vector<int64_t>{size}) {
    throw UserError(where, "must be F32 of shape [" + std::to_string(size) + "] for this model");
  }
  const auto* numbers = reinterpret_cast<const float*>(found->second.bytes.data());
  for (int64_t i = 0; i < size; ++i) {
    if (!std::isfinite(numbers[i])) {
      throw UserError(where, "number " + std::to_string(i) + " is not finite");
    }
  }
  return found->second;
}

std::string Text(const SafetensorsFile& file, const std::string& key, const std::string& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) {
    throw UserError(path + ": metadata", "no '" + key + "': not a trainer's state");
  }
  return found->second;
}

}  // namespace

double LearningRate(const TrainConfig& config, int64_t step, double progress) {
  const double warm = config.warmup_steps > 0
                          ? std::min(1.0, static_cast<double>(step) / config.warmup_steps)
                          : 1.0;
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * std::clamp(progress, 0.0, 1.0)));
  return config.learning_rate * warm * (config.final_rate + (1.0 - config.final_rate) * cosine);
}

struct Trainer::Impl {
  Impl(WorldModel& world_model, const TrainConfig& train)
      : model(world_model),
        config(train),
        objective(MakeAntiCollapse(train)),
        optimiser(world_model.network().parameters) {}

  WorldModel& model;
  TrainConfig config;
  std::unique_ptr<AntiCollapse> objective;
  Optimiser optimiser;
  int64_t steps = 0;
};

Trainer::Trainer(WorldModel& model, const TrainConfig& config) {
  config.Validate("train");
  if (config.frames <= model.config().horizons.back()) {
    throw UserError("train: frames", "must be more than the model's longest horizon, " +
                                         std::to_string(model.config().horizons.back()));
  }
  impl_ = std::make_unique<Impl>(model, config);
}

Trainer::~Trainer() = default;

int64_t Trainer::steps() const { return impl_->steps; }

const TrainConfig& Trainer::config() const { return impl_->config; }

void Trainer::SetLearningRate(double rate) {
  TrainConfig config = impl_->config;
  config.learning_rate = rate;
  config.Validate("train");
  impl_->config = config;
}

StepReport Trainer::Step(const Batch& batch, double progress, bool measure_rank) {
  Network& network = impl_->model.network();
  const ModelConfig& model = network.config;
  PEEKABOO_CHECK(batch.precision() == model.ProductPrecision());
  PEEKABOO_CHECK(batch.frames() > model.horizons.back());
  // from_blob wants a pointer to non-const; the input is only read.
  const at::Tensor frames = at::from_blob(
      const_cast<std::byte*>(batch.data()),
      {batch.clips(), batch.frames(), model.StemSize(), model.StemSize(), model.StemChannels()},
      at::TensorOptions(ToScalarType(batch.precision())));

  const auto start = std::chrono::steady_clock::now();
  const LossTerms terms =
      model.IsPixel() ? PixelLoss(network, impl_->config, frames, impl_->steps)
                      : JepaLoss(network, impl_->config, *impl_->objective, frames, impl_->steps);
  StepReport report;
  report.forward_seconds = Seconds(start);

  const auto middle = std::chrono::steady_clock::now();
  terms.total.backward();
  report.backward_seconds = Seconds(middle);

  const auto late = std::chrono::steady_clock::now();
  report.step = ++impl_->steps;
  report.learning_rate = LearningRate(impl_->config, report.step, progress);
  const GradientNorms norms =
      impl_->optimiser.Step(network.parameters, impl_->config, report.learning_rate, report.step);
  report.optimiser_seconds = Seconds(late);

  report.gradient_norm = norms.main;
  report.variance_gradient_norm = norms.variance;
  report.skipped = !std::isfinite(norms.main) || !std::isfinite(norms.variance);
  report.loss = terms.total.item<float>();
  report.prediction = terms.prediction;
  report.by_horizon = terms.by_horizon;
  report.anti_collapse = terms.anti_collapse;
  report.variance = terms.variance;
  const at::Tensor z = terms.z.contiguous();
  const std::span<const float> latents(z.data_ptr<float>(), z.numel());
  report.latents = MeasureLatents(latents, batch.clips(), batch.frames(), model.LatentSize());
  report.effective_rank = measure_rank ? EffectiveRank(latents, model.LatentSize())
                                       : std::numeric_limits<double>::quiet_NaN();
  return report;
}

void Trainer::SaveState(const std::string& path) const {
  const Network& network = impl_->model.network();
  SafetensorsFile file;
  file.metadata = {{"format", kFormat},
                   {"version", kVersion},
                   {"steps", std::to_string(impl_->steps)},
                   {"weights", WeightsFingerprint(network)},
                   {"config", TrainConfig::Describe().ToJson(impl_->config)}};
  file.tensors.emplace("mean", ToFile(impl_->optimiser.mean()));
  file.tensors.emplace("square", ToFile(impl_->optimiser.square()));
  SaveSafetensors(path, file);
}

void Trainer::LoadState(const std::string& path) {
  const SafetensorsFile file = LoadSafetensors(path);
  const std::string format = Text(file, "format", path);
  if (format != kFormat) {
    throw UserError(path + ": metadata: format", "'" + format + "' is not '" + kFormat + "'");
  }
  if (Text(file, "version", path) != kVersion) {
    throw UserError(path + ": metadata: version", "is not '" + std::string(kVersion) + "'");
  }
  const std::string steps_text = Text(file, "steps", path);
  int64_t steps = -1;
  const auto parsed =
      std::from_chars(steps_text.data(), steps_text.data() + steps_text.size(), steps);
  if (parsed.ec != std::errc() || parsed.ptr != steps_text.data() + steps_text.size() ||
      steps < 0) {
    throw UserError(path + ": metadata: steps", "'" + steps_text + "' is not a number of steps");
  }
  TrainConfig saved;
  const std::string where = path + ": metadata: config";
  TrainConfig::Describe().FromJson(Text(file, "config", path), where, &saved);
  if (saved.seed != impl_->config.seed) {
    throw UserError(where + ": seed", "is " + std::to_string(saved.seed) + ", this run's is " +
                                          std::to_string(impl_->config.seed));
  }
  const int64_t size = impl_->optimiser.mean().numel();
  const SafetensorsFile::Tensor& mean = Moments(file, "mean", size, path);
  const SafetensorsFile::Tensor& square = Moments(file, "square", size, path);
  if (Text(file, "weights", path) != WeightsFingerprint(impl_->model.network())) {
    throw UserError(path + ": metadata: weights", "this state belongs to other weights");
  }
  std::memcpy(impl_->optimiser.mean().data_ptr(), mean.bytes.data(), mean.bytes.size());
  std::memcpy(impl_->optimiser.square().data_ptr(), square.bytes.data(), square.bytes.size());
  impl_->steps = steps;
}

}  // namespace peekaboo::worldmodel
