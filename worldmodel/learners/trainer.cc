#include "worldmodel/learners/trainer.h"

#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "base/check.h"
#include "base/error.h"
#include "worldmodel/io/safetensors.h"
#include "worldmodel/io/tensor_reader.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/learners/batch_gradient.h"
#include "worldmodel/learners/learner.h"
#include "worldmodel/learners/optimiser.h"
#include "worldmodel/model/network.h"
#include "worldmodel/model/weights_file.h"

namespace peekaboo::worldmodel {
namespace {

constexpr char kFormat[] = "peekaboo.trainer_state";
constexpr char kVersion[] = "1";
constexpr char kKind[] = "a trainer's state";

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

std::span<const float> Numbers(const at::Tensor& flat) {
  return {flat.data_ptr<float>(), static_cast<size_t>(flat.numel())};
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
        learner(MakeLearner(world_model.config(), config)),
        gradient(world_model.network(), *learner),
        optimiser(world_model.network().parameters) {}

  WorldModel& model;
  TrainConfig config;
  std::unique_ptr<Learner> learner;
  BatchGradient gradient;
  Optimiser optimiser;
  int64_t steps = 0;
};

Trainer::Trainer(WorldModel& model, const TrainConfig& config) {
  config.Validate("train");
  if (config.frames <= model.config().horizons.back()) {
    throw UserError("train: frames",
                    fmt::format("must be more than the model's longest horizon, {}",
                                model.config().horizons.back()));
  }
  const ModelConfig& shape = model.config();
  if (const int needed = (config.acting.rollout_steps + 1) * shape.action_repeat;
      shape.action_size > 0 && config.frames < needed) {
    throw UserError(
        "train: acting.rollout_steps",
        fmt::format("{} actions of {} frames need clips of {} frames, not {}",
                    config.acting.rollout_steps, shape.action_repeat, needed, config.frames));
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

  PEEKABOO_CHECK(batch.action_size() == model.action_size);
  const at::Tensor actions =
      model.action_size == 0
          ? at::Tensor()
          : at::from_blob(const_cast<float*>(batch.actions()),
                          {batch.clips(), batch.frames(), model.action_size}, at::kFloat);

  const auto start = std::chrono::steady_clock::now();
  const LossTerms terms = impl_->gradient.Compute(frames, actions, impl_->steps);
  StepReport report;
  const double passes = Seconds(start);
  const double threads = terms.forward_seconds + terms.backward_seconds;
  report.forward_seconds = passes * terms.forward_seconds / threads;
  report.backward_seconds = passes * terms.backward_seconds / threads;
  report.operations = terms.operations;

  const auto late = std::chrono::steady_clock::now();
  report.step = ++impl_->steps;
  report.learning_rate = LearningRate(impl_->config, report.step, progress);
  const GradientNorms norms = impl_->gradient.gradient().Norms();
  impl_->optimiser.Step(network.parameters, impl_->gradient.gradient().flat(), norms, impl_->config,
                        report.learning_rate, report.step);
  impl_->learner->AfterStep(network);
  report.optimiser_seconds = Seconds(late);

  report.gradient_norm = norms.main;
  report.variance_gradient_norm = norms.variance;
  report.skipped = !std::isfinite(norms.main) || !std::isfinite(norms.variance);
  report.loss = terms.total;
  report.prediction = terms.prediction;
  report.by_horizon = terms.by_horizon;
  report.anti_collapse = terms.anti_collapse;
  report.variance = terms.variance;
  report.rollout = terms.rollout;
  report.inverse = terms.inverse;
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
  const int64_t size = impl_->optimiser.mean().numel();
  file.tensors.emplace("mean", ToTensor(Numbers(impl_->optimiser.mean()), {size}));
  file.tensors.emplace("square", ToTensor(Numbers(impl_->optimiser.square()), {size}));
  SaveSafetensors(path, file);
}

void Trainer::LoadState(const std::string& path) {
  const SafetensorsFile file = LoadSafetensors(path);
  TensorReader reader(path, file);
  reader.ExpectFormat(kFormat, kVersion, kKind);
  const std::string& steps_text = reader.Text("steps", kKind);
  int64_t steps = -1;
  const auto parsed =
      std::from_chars(steps_text.data(), steps_text.data() + steps_text.size(), steps);
  if (parsed.ec != std::errc() || parsed.ptr != steps_text.data() + steps_text.size() ||
      steps < 0) {
    throw UserError(path + ": metadata: steps",
                    fmt::format("'{}' is not a number of steps", steps_text));
  }
  TrainConfig saved;
  const std::string where = path + ": metadata: config";
  TrainConfig::Describe().FromJson(reader.Text("config", kKind), where, &saved);
  if (saved.seed != impl_->config.seed) {
    throw UserError(where + ": seed",
                    fmt::format("is {}, this run's is {}", saved.seed, impl_->config.seed));
  }
  const int64_t size = impl_->optimiser.mean().numel();
  const std::span<const float> mean = reader.Floats("mean", {size});
  const std::span<const float> square = reader.Floats("square", {size});
  reader.ExpectNoOthers(kKind);
  if (reader.Text("weights", kKind) != WeightsFingerprint(impl_->model.network())) {
    throw UserError(path + ": metadata: weights", "this state belongs to other weights");
  }
  std::ranges::copy(mean, impl_->optimiser.mean().data_ptr<float>());
  std::ranges::copy(square, impl_->optimiser.square().data_ptr<float>());
  impl_->steps = steps;
}

}  // namespace peekaboo::worldmodel
