#include "worldmodel/readout/attribution.h"

#include <torch/torch.h>

#include <cmath>

#include "base/check.h"
#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

// Standard deviation of the smoothing in blocks of the unshuffled frame: strides and pixel-shuffle
// leave a pattern of about that size.
constexpr double kSmoothing = 0.75;

// What was predicted `ahead` frames before, [1, .] f32.
at::Tensor Row(const std::vector<float>& numbers, int horizon, int horizons) {
  const int64_t width = static_cast<int64_t>(numbers.size()) / horizons;
  return at::from_blob(const_cast<float*>(numbers.data()) + horizon * width, {1, width},
                       at::TensorOptions(at::kFloat));
}

// [side, side, unshuffle^2 * 3] as a FrameCodec packs it -> [H, W], summed over colours.
at::Tensor ByPixel(const ModelConfig& model, const at::Tensor& packed) {
  const int64_t side = model.StemSize(), block = model.unshuffle;
  return packed.view({side, side, block, block, 3})
      .sum(4)
      .permute({0, 2, 1, 3})
      .reshape({model.image_size, model.image_size});
}

// [P] -> [H, W]
at::Tensor Spread(const ModelConfig& model, const at::Tensor& by_patch) {
  const int64_t side = model.image_size / model.Grid();
  return by_patch.view({model.Grid(), model.Grid()})
      .repeat_interleave(side, 0)
      .repeat_interleave(side, 1);
}

// With a normal distribution's weights, cut off after three standard deviations; what would leave
// the picture is lost.
at::Tensor Smooth(const at::Tensor& picture, double deviation) {
  const auto reach = static_cast<int64_t>(std::ceil(3 * deviation));
  const at::Tensor at = at::arange(-reach, reach + 1, at::TensorOptions(at::kFloat));
  const at::Tensor weights = (at.square() / (-2 * deviation * deviation)).exp();
  const at::Tensor down = weights.view({1, 1, -1, 1}), across = weights.view({1, 1, 1, -1});
  const at::Tensor image = picture.view({1, 1, picture.size(0), picture.size(1)});
  const at::Tensor columns = at::conv2d(image, down, {}, 1, at::IntArrayRef{reach, 0});
  return at::conv2d(columns, across, {}, 1, at::IntArrayRef{0, reach}).view(picture.sizes());
}

}  // namespace

std::vector<float> Attribute(const WorldModel& model, std::span<const uint8_t> frame,
                             std::span<const FrameState* const> recent, int horizon_index) {
  const Network& network = model.network();
  const ModelConfig& config = network.config;
  PEEKABOO_CHECK(frame.size() == static_cast<size_t>(config.FrameBytes()));
  PEEKABOO_CHECK(horizon_index >= 0 && horizon_index < config.Horizons());
  std::vector<float> heat(static_cast<size_t>(config.image_size) * config.image_size);
  const size_t ahead = config.horizons[horizon_index];
  if (recent.size() < ahead) return heat;
  const FrameState& before = *recent[recent.size() - ahead];

  Batch batch(config, 1, 1);
  FrameCodec(config).PackClip(frame, {}, batch.Clip(0));
  const at::ScalarType type = ToScalarType(batch.precision());
  const at::Tensor input =
      at::from_blob(batch.Clip(0).data(),
                    {1, config.StemSize(), config.StemSize(), config.StemChannels()},
                    at::TensorOptions(type))
          .set_requires_grad(true);
  Deviation deviation;
  at::Tensor gradient;
  {
    const at::AutoGradMode with_gradient(true);
    // Keeps the weights, which others use at the same time, out of the graph.
    GradientTape tape;
    const at::Tensor z =
        network.space->of_frames() ? at::Tensor() : network.encoder.Encode(input, &tape).flatten(1);
    const at::Tensor target = network.space->Target(input, z);
    deviation = network.space->Error(
        Row(before.predicted, horizon_index, config.Horizons()).to(type).detach(),
        Row(before.variance, horizon_index, config.Horizons()), target);
    // Of the input only: the weights' gradients belong to a trainer.
    gradient = torch::autograd::grad({deviation.error.sum()}, {input})[0];
  }

  const at::NoGradGuard no_gradient;
  const float error = deviation.error.item<float>();
  const at::Tensor raw =
      ByPixel(config, gradient.to(at::kFloat).abs()) * Spread(config, deviation.by_patch.detach());
  const at::Tensor smooth = Smooth(raw, kSmoothing * config.unshuffle).contiguous();
  const double sum = smooth.sum(at::kDouble).item<double>();
  if (!std::isfinite(error) || !std::isfinite(sum) || sum <= 0) return heat;
  const at::Tensor scaled = (smooth * (error / sum)).contiguous();
  std::copy_n(scaled.data_ptr<float>(), heat.size(), heat.begin());
  return heat;
}

}  // namespace peekaboo::worldmodel
