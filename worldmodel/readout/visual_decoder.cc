#include "worldmodel/readout/visual_decoder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/learners/optimiser.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/patch_decoder.h"

namespace peekaboo::worldmodel {
namespace {

// The rate rises for kWarmupSteps, then falls with the root of the steps down to its floor.
constexpr double kPeakRate = 2e-3, kFloorRate = 3e-4;
constexpr double kWarmupSteps = 50, kFullSteps = 100;
// Weight of a pixel: 1 + this * squared distance from the mean picture. A toy then counts about
// five times as much as the wall, whose colour also differs from film to film.
constexpr double kDistanceWeight = 4;
// Frames that one thread takes through the decoder and back.
constexpr int64_t kPieceFrames = 8;

// A patch's latent, and which patch it is, to what it is painted from: the encoder is the same
// everywhere, pictures are not.
Parameters Allocate(const ModelConfig& config, uint64_t seed) {
  config.Validate("model");
  Parameters parameters;
  parameters.DeclareLayer("decoder.patch",
                          {PatchDecoder::kGridChannels, config.patch_channels + config.Patches()},
                          kReluGain);
  PatchDecoder::Declare(config, parameters);
  parameters.Allocate(seed);
  return parameters;
}

double Rate(int64_t step) {
  const double n = static_cast<double>(step);
  return std::max(kFloorRate,
                  kPeakRate * std::min({1.0, n / kWarmupSteps, std::sqrt(kFullSteps / n)}));
}

}  // namespace

struct VisualDecoder::Impl {
  Impl(const ModelConfig& model, uint64_t seed)
      : config(model),
        parameters(Allocate(model, seed)),
        weight(parameters.Get("decoder.patch.weight")),
        bias(parameters.Get("decoder.patch.bias")),
        patch_decoder(model, parameters),
        optimiser(parameters) {}

  // [N, D] -> frames as a FrameCodec packs them, [N, side, side, channels] f32
  at::Tensor Decode(std::span<const float> z, int64_t count, GradientTape* tape = nullptr) const {
    PEEKABOO_CHECK(count >= 1);
    PEEKABOO_CHECK(z.size() == static_cast<size_t>(count) * config.LatentSize());
    const int64_t patches = config.Patches();
    // Only read; from_blob wants a pointer to non-const.
    const at::Tensor latents =
        at::from_blob(const_cast<float*>(z.data()), {count, patches, config.patch_channels},
                      at::TensorOptions(at::kFloat));
    const at::Tensor place = at::eye(patches, at::kFloat).expand({count, patches, patches});
    const at::Tensor input =
        at::cat({latents, place}, 2).flatten(0, 1).to(ToScalarType(config.ProductPrecision()));
    return patch_decoder
        .Paint(Linear(input, weight, bias, /*relu=*/true, tape).view({count, -1}), tape)
        .to(at::kFloat);
  }

  ModelConfig config;
  Parameters parameters;
  Weight weight, bias;
  PatchDecoder patch_decoder;
  std::optional<GradientSum> gradient;  // once it learns: those that only draw need none
  Optimiser optimiser;
  int64_t steps = 0;
};

VisualDecoder::VisualDecoder(const ModelConfig& config, uint64_t seed)
    : impl_(std::make_unique<Impl>(config, seed)) {}
VisualDecoder::VisualDecoder(VisualDecoder&&) noexcept = default;
VisualDecoder& VisualDecoder::operator=(VisualDecoder&&) noexcept = default;
VisualDecoder::~VisualDecoder() = default;

double VisualDecoder::Learn(std::span<const float> z, std::span<const uint8_t> frames, int count) {
  const ModelConfig& model = impl_->config;
  PEEKABOO_CHECK(count >= 1 && frames.size() == static_cast<size_t>(count) * model.FrameBytes());
  Batch batch(model, 1, count);
  FrameCodec(model).PackClip(frames, {}, batch.Clip(0));
  const at::Tensor pictures =
      at::from_blob(batch.Clip(0).data(),
                    {count, model.StemSize(), model.StemSize(), model.StemChannels()},
                    at::TensorOptions(ToScalarType(batch.precision())))
          .to(at::kFloat);
  const at::Tensor weights =
      (pictures - pictures.mean(0, /*keepdim=*/true)).square() * kDistanceWeight + 1;

  const double total = weights.sum().item<double>();
  const int64_t pieces = (count + kPieceFrames - 1) / kPieceFrames, size = model.LatentSize();
  std::vector<GradientTape> tapes(pieces);
  std::vector<double> errors(pieces);
  ParallelFor(pieces, [&](int64_t piece) {
    const int64_t first = piece * kPieceFrames, own = std::min(kPieceFrames, count - first);
    const at::Tensor squared =
        (impl_->Decode(z.subspan(first * size, own * size), own, &tapes[piece]) -
         pictures.narrow(0, first, own))
            .square();
    ((squared * weights.narrow(0, first, own)).sum() / total).backward();
    errors[piece] = squared.sum(at::kDouble).item<double>();
  });
  if (!impl_->gradient) impl_->gradient.emplace(impl_->parameters);
  GradientSum& sum = *impl_->gradient;
  sum.Begin();
  const auto tasks = sum.TakeProducts(tapes);
  ParallelFor(static_cast<int64_t>(tasks.size()), [&](int64_t i) { tasks[i](); });
  sum.Finish(tapes);
  TrainConfig settings;
  settings.clip_norm = 1;
  ++impl_->steps;
  impl_->optimiser.Step(impl_->parameters, sum.flat(), sum.Norms(), settings, Rate(impl_->steps),
                        impl_->steps);
  return std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(pictures.numel());
}

std::vector<uint8_t> VisualDecoder::Draw(std::span<const float> z, int count) const {
  if (count == 0) return {};
  const at::NoGradGuard no_gradient;
  const ModelConfig& model = impl_->config;
  const int64_t side = model.StemSize(), block = model.unshuffle;
  const at::Tensor pixels = impl_->Decode(z, count)
                                .view({count, side, side, block, block, 3})
                                .permute({0, 1, 3, 2, 4, 5})
                                .add(1.8)
                                .mul(64)
                                .nan_to_num(0)
                                .round()
                                .clamp(0, 255)
                                .to(at::kByte)
                                .contiguous();
  return {pixels.data_ptr<uint8_t>(), pixels.data_ptr<uint8_t>() + pixels.numel()};
}

VisualDecoder VisualDecoder::Clone() const {
  const at::NoGradGuard no_gradient;
  VisualDecoder copy(impl_->config, /*seed=*/0);
  copy.parameters().flat().copy_(parameters().flat());
  copy.parameters().RefreshShadow();
  return copy;
}

const ModelConfig& VisualDecoder::config() const { return impl_->config; }
int64_t VisualDecoder::steps() const { return impl_->steps; }
Parameters& VisualDecoder::parameters() { return impl_->parameters; }
const Parameters& VisualDecoder::parameters() const { return impl_->parameters; }

}  // namespace peekaboo::worldmodel
