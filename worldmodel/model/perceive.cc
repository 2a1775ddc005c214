#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/network.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

void CopyOut(const at::Tensor& from, float* to) {
  const at::Tensor numbers = from.to(at::kFloat).contiguous();
  std::copy_n(numbers.data_ptr<float>(), numbers.numel(), to);
}

// One clip, [1, T, ...]: so that it meets the same products whatever else is perceived.
void PerceiveClip(const Network& network, const at::Tensor& frames, int clip, Perception& out) {
  const ModelConfig& model = network.config;
  const int64_t steps = frames.size(1), horizons = model.Horizons(), patches = model.Patches();
  const ForwardOutput forward_output = Forward(network, frames);
  CopyOut(forward_output.z, out.z.data() + clip * steps * model.LatentSize());
  CopyOut(forward_output.h, out.h.data() + clip * steps * model.memory_size);

  const at::Tensor predictions = forward_output.predictions[0];  // [T, K, D or code]
  const at::Tensor variance = network.variance.Variance(forward_output.context)
                                  .view({steps, horizons, -1});  // [T, K, D or 1]
  const at::Tensor target = network.space->Target(frames[0], forward_output.z[0]);
  for (int64_t i = 0; i < horizons; ++i) {
    const int64_t ahead = model.horizons[i], count = steps - ahead;
    if (count <= 0) continue;
    const Deviation deviation = network.space->Error(
        predictions.narrow(0, 0, count).select(1, i).contiguous(),
        variance.narrow(0, 0, count).select(1, i), target.narrow(0, ahead, count));
    for (int64_t n = 0; n < count; ++n) {
      const int64_t at = (clip * steps + n + ahead) * horizons + i;
      out.error[at] = deviation.error.data_ptr<float>()[n];
      out.normalised_error[at] = deviation.normalised_error.data_ptr<float>()[n];
      std::copy_n(deviation.by_patch.data_ptr<float>() + n * patches, patches,
                  out.error_patch.data() + at * patches);
    }
  }
}

}  // namespace

Perception WorldModel::Perceive(std::span<const uint8_t> pixels, int clips, int frames) const {
  const ModelConfig& model = config();
  PEEKABOO_CHECK(clips >= 0 && frames > 0);
  const size_t clip_bytes = static_cast<size_t>(frames) * model.FrameBytes();
  PEEKABOO_CHECK(pixels.size() == clip_bytes * clips);
  const size_t rows = static_cast<size_t>(clips) * frames;
  const size_t horizons = model.Horizons();
  Perception out;
  out.clips = clips;
  out.frames = frames;
  out.z.resize(rows * model.LatentSize());
  out.h.resize(rows * model.memory_size);
  out.error.assign(rows * horizons, kNone);
  out.error_patch.assign(rows * horizons * model.Patches(), kNone);
  out.normalised_error.assign(rows * horizons, kNone);

  const FrameCodec codec(model);
  ParallelFor(clips, [&](int64_t b) {
    const at::NoGradGuard no_gradient;
    Batch batch(model, 1, frames);
    const at::Tensor input = at::from_blob(
        batch.Clip(0).data(), {1, frames, model.StemSize(), model.StemSize(), model.StemChannels()},
        at::TensorOptions(ToScalarType(batch.precision())));
    codec.PackClip(pixels.subspan(b * clip_bytes, clip_bytes), {}, batch.Clip(0));
    PerceiveClip(*network_, input, static_cast<int>(b), out);
  });
  return out;
}

}  // namespace peekaboo::worldmodel
