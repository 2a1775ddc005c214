#include "worldmodel/model/live_perception.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

std::vector<float> Numbers(const at::Tensor& tensor) {
  const at::Tensor numbers = tensor.to(at::kFloat).contiguous();
  return {numbers.data_ptr<float>(), numbers.data_ptr<float>() + numbers.numel()};
}

// Only read; from_blob wants a pointer to non-const.
at::Tensor Row(const std::vector<float>& numbers, int64_t first, int64_t count) {
  return at::from_blob(const_cast<float*>(numbers.data()) + first, {1, count},
                       at::TensorOptions(at::kFloat));
}

}  // namespace

FrameState PerceiveFrame(const WorldModel& model, std::span<const uint8_t> frame,
                         std::span<const FrameState* const> recent) {
  const Network& network = model.network();
  const ModelConfig& config = network.config;
  PEEKABOO_CHECK(frame.size() == static_cast<size_t>(config.FrameBytes()));
  const at::NoGradGuard no_gradient;
  Batch batch(config, 1, 1);
  FrameCodec(config).PackClip(frame, {}, batch.Clip(0));
  const at::Tensor input = at::from_blob(
      batch.Clip(0).data(), {1, 1, config.StemSize(), config.StemSize(), config.StemChannels()},
      at::TensorOptions(ToScalarType(batch.precision())));
  const at::Tensor state =
      recent.empty() ? at::Tensor() : Row(recent.back()->h, 0, config.memory_size);
  const ForwardOutput forward_output = Forward(network, input, state);

  FrameState frame_state;
  frame_state.z = Numbers(forward_output.z);
  frame_state.h = Numbers(forward_output.h);
  frame_state.predicted = Numbers(forward_output.predictions);
  frame_state.variance = Numbers(network.variance.Variance(forward_output.context));
  const size_t horizons = config.horizons.size();
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  frame_state.error.assign(horizons, kNone);
  frame_state.normalised_error.assign(horizons, kNone);
  frame_state.error_patch.assign(horizons * config.Patches(), kNone);
  const at::Tensor target = network.space->Target(input[0], forward_output.z[0]);
  const int64_t width = static_cast<int64_t>(frame_state.predicted.size() / horizons);
  const int64_t variances = static_cast<int64_t>(frame_state.variance.size() / horizons);
  for (size_t k = 0; k < horizons; ++k) {
    const size_t ahead = config.horizons[k];
    if (recent.size() < ahead) continue;
    const FrameState& before = *recent[recent.size() - ahead];
    const int64_t row = static_cast<int64_t>(k);
    const Deviation deviation = network.space->Error(
        Row(before.predicted, row * width, width).to(forward_output.predictions.scalar_type()),
        Row(before.variance, row * variances, variances), target);
    frame_state.error[k] = deviation.error.item<float>();
    frame_state.normalised_error[k] = deviation.normalised_error.item<float>();
    std::copy_n(deviation.by_patch.data_ptr<float>(), config.Patches(),
                frame_state.error_patch.begin() + row * config.Patches());
  }
  return frame_state;
}

std::vector<FrameState> PerceiveClip(const WorldModel& model, std::span<const uint8_t> frames,
                                     int count) {
  const size_t bytes = model.config().FrameBytes();
  PEEKABOO_CHECK(count >= 0 && frames.size() == bytes * count);
  const size_t reach = model.config().horizons.back();
  std::vector<FrameState> frame_states;
  frame_states.reserve(count);  // what `recent` points at stays where it is
  std::vector<const FrameState*> recent;
  for (int t = 0; t < count; ++t) {
    const std::span<const FrameState* const> all = recent;
    frame_states.push_back(PerceiveFrame(model, frames.subspan(t * bytes, bytes),
                                         all.last(std::min(reach, recent.size()))));
    recent.push_back(&frame_states.back());
  }
  return frame_states;
}

}  // namespace peekaboo::worldmodel
