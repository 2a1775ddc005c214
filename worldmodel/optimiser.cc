#include "worldmodel/optimiser.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "worldmodel/simd.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kBlock = 8192;  // numbers a thread works on at a time

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

PEEKABOO_SIMD float SumOfSquares(const float* __restrict x, int64_t n) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return sum;
}

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
  const float* gradient;
  int64_t offset, count;
  ParameterGroup group;
};

}  // namespace

Optimiser::Optimiser(const Parameters& parameters)
    : mean_(at::zeros_like(parameters.flat())), square_(at::zeros_like(parameters.flat())) {}

GradientNorms Optimiser::Step(Parameters& parameters, const TrainConfig& config,
                              double learning_rate, int64_t step) {
  std::vector<at::Tensor> alive;  // keeps the gradients that blocks point into
  std::vector<Block> blocks;
  for (const Parameters::Entry& entry : parameters.entries()) {
    at::Tensor& slot = entry.weight.value.mutable_grad();
    const at::Tensor gradient =
        slot.defined() ? slot.contiguous() : at::zeros(entry.shape, at::kFloat);
    slot.reset();
    alive.push_back(gradient);
    for (int64_t at = 0; at < gradient.numel(); at += kBlock) {
      blocks.push_back({gradient.data_ptr<float>() + at, entry.offset + at,
                        std::min(kBlock, gradient.numel() - at), entry.group});
    }
  }
  const int64_t count = static_cast<int64_t>(blocks.size());
  std::vector<double> squares(blocks.size());
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      squares[i] = SumOfSquares(blocks[i].gradient, blocks[i].count);
    }
  });
  GradientNorms norms;
  for (int64_t i = 0; i < count; ++i) {
    (blocks[i].group == ParameterGroup::kMain ? norms.main : norms.variance) += squares[i];
  }
  norms.main = std::sqrt(norms.main);
  norms.variance = std::sqrt(norms.variance);
  if (!std::isfinite(norms.main) || !std::isfinite(norms.variance)) return norms;

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
  float* values = parameters.flat().data_ptr<float>();
  Bf16* shadows = static_cast<Bf16*>(parameters.flat_bf16().data_ptr());
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Block& block = blocks[i];
      Update(block.gradient, block.group == ParameterGroup::kMain ? main_scale : variance_scale,
             mean_.data_ptr<float>() + block.offset, square_.data_ptr<float>() + block.offset,
             values + block.offset, shadows + block.offset, block.count, adam);
    }
  });
  return norms;
}

}  // namespace peekaboo::worldmodel
