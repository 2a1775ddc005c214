#include "worldmodel/learners/optimiser.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kBlock = 8192;     // numbers of one parameter that are updated at a time
constexpr int64_t kTaskBlocks = 16;  // blocks that one thread takes

struct AdamStep {
  float decay;       // 1 - rate * weight decay
  float rate;        // learning rate / (1 - beta1^step)
  float root_scale;  // 1 / sqrt(1 - beta2^step)
  float epsilon;
  float beta1, beta2;
};

// Moments of units that died decay until the processor must handle them as subnormal numbers, which
// after some thousand steps makes the update several times slower.
PEEKABOO_SIMD_INLINE float Flushed(float x) { return std::abs(x) < 1e-30f ? 0.0f : x; }

PEEKABOO_SIMD void Update(const float* __restrict gradient, float gradient_scale,
                          float* __restrict mean, float* __restrict square, float* __restrict value,
                          Bf16* __restrict shadow, int64_t n, const AdamStep& a) {
  const AdamStep s = a;
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i] * gradient_scale;
    mean[i] = Flushed(s.beta1 * mean[i] + (1.0f - s.beta1) * g);
    square[i] = Flushed(s.beta2 * square[i] + (1.0f - s.beta2) * g * g);
    value[i] =
        s.decay * value[i] - s.rate * mean[i] / (std::sqrt(square[i]) * s.root_scale + s.epsilon);
    shadow[i] = FromFloat<Bf16>(value[i]);
  }
}

// A piece of one parameter.
struct Block {
  int64_t offset, count;
  ParameterGroup group;
};

}  // namespace

Optimiser::Optimiser(const Parameters& parameters)
    : mean_(at::zeros_like(parameters.flat())), square_(at::zeros_like(parameters.flat())) {}

void Optimiser::Step(Parameters& parameters, const at::Tensor& gradient, const GradientNorms& norms,
                     const TrainConfig& config, double learning_rate, int64_t step) {
  PEEKABOO_CHECK(gradient.numel() == mean_.numel() && gradient.is_contiguous());
  if (!std::isfinite(norms.main) || !std::isfinite(norms.variance)) return;
  std::vector<Block> blocks;
  for (const Parameters::Entry& entry : parameters.entries()) {
    const int64_t count = entry.weight.value.numel();
    for (int64_t at = 0; at < count; at += kBlock)
      blocks.push_back({entry.offset + at, std::min(kBlock, count - at), entry.group});
  }
  const double bias1 = 1.0 - std::pow(config.beta1, static_cast<double>(step));
  const double bias2 = 1.0 - std::pow(config.beta2, static_cast<double>(step));
  const AdamStep adam{static_cast<float>(1.0 - learning_rate * config.weight_decay),
                      static_cast<float>(learning_rate / bias1),
                      static_cast<float>(1.0 / std::sqrt(bias2)),
                      static_cast<float>(config.epsilon),
                      static_cast<float>(config.beta1),
                      static_cast<float>(config.beta2)};
  const auto scale = [&](double norm) {
    return static_cast<float>(std::min(1.0, config.clip_norm / (norm + 1e-6)));
  };
  const float main_scale = scale(norms.main), variance_scale = scale(norms.variance);
  const float* gradients = gradient.data_ptr<float>();
  float *means = mean_.data_ptr<float>(), *squares = square_.data_ptr<float>();
  float* values = parameters.flat().data_ptr<float>();
  Bf16* shadows = static_cast<Bf16*>(parameters.flat_bf16().data_ptr());
  const auto count = static_cast<int64_t>(blocks.size());
  ParallelFor((count + kTaskBlocks - 1) / kTaskBlocks, [&](int64_t task) {
    for (int64_t i = task * kTaskBlocks; i < std::min(count, (task + 1) * kTaskBlocks); ++i) {
      const auto& [offset, numbers, group] = blocks[i];
      Update(gradients + offset, group == ParameterGroup::kMain ? main_scale : variance_scale,
             means + offset, squares + offset, values + offset, shadows + offset, numbers, adam);
    }
  });
}

}  // namespace peekaboo::worldmodel
