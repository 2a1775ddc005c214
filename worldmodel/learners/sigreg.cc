#include "worldmodel/learners/sigreg.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/random.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/kernels/simd.h"
#include "worldmodel/learners/anti_collapse.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int kKnots = 17;
constexpr float kKnotStep = 3.0f / 16.0f;
// Rows whose sums are added up by one thread before the total: fixed, so that the bits do not
// depend on the thread count.
constexpr int64_t kPieceRows = 256;

float Phi(int knot) { return std::exp(-0.5f * (kKnotStep * knot) * (kKnotStep * knot)); }

float Weight(int knot) {
  const bool end = knot == 0 || knot == kKnots - 1;
  return (end ? 1.0f : 2.0f) * kKnotStep * Phi(knot);
}

// Sine and cosine within 1e-6 for |x| up to some thousands (Cody-Waite reduction to a quarter turn,
// minimax polynomials); vectorises.
PEEKABOO_SIMD_INLINE void SineCosine(float x, float& sine, float& cosine) {
  const float shifted = x * 0.636619772f + 12582912.0f;  // + 1.5 * 2^23: rounds to an integer
  const float turns = shifted - 12582912.0f;
  const uint32_t quarter = std::bit_cast<uint32_t>(shifted);
  float r = x - turns * 1.5703125f;
  r = r - turns * 4.83751297e-4f;
  r = r - turns * 7.5497899e-8f;
  const float q = r * r;
  const float s = r + r * q * (-1.6666654611e-1f + q * (8.3321608736e-3f - q * 1.9515295891e-4f));
  const float c =
      1.0f - 0.5f * q +
      q * q * (4.166664568298827e-2f + q * (-1.388731625493765e-3f + q * 2.443315711809948e-5f));
  const float a = (quarter & 1u) ? c : s;
  const float b = (quarter & 1u) ? s : c;
  sine = (quarter & 2u) ? -a : a;
  cosine = ((quarter + 1u) & 2u) ? -b : b;
}

// One sample's projections x [M]: adds cos(t_k x) and sin(t_k x) to sums [17, 2, M]. All angles are
// multiples of one: each follows from the last by a rotation.
PEEKABOO_SIMD void AddWaves(const float* __restrict x, float* __restrict sums, int64_t m) {
#pragma omp simd
  for (int64_t i = 0; i < m; ++i) {
    float s1, c1, s = 0.0f, c = 1.0f;
    SineCosine(kKnotStep * x[i], s1, c1);
#pragma GCC unroll 17
    for (int k = 0; k < kKnots; ++k) {
      sums[2 * k * m + i] += c;
      sums[(2 * k + 1) * m + i] += s;
      const float next = c * c1 - s * s1;
      s = s * c1 + c * s1;
      c = next;
    }
  }
}

// gradient[i] = sum_k coefficients[k, 0, i] sin(t_k x_i) + coefficients[k, 1, i] cos(t_k x_i)
PEEKABOO_SIMD void WaveSlopes(const float* __restrict x, const float* __restrict coefficients,
                              float* __restrict gradient, int64_t m) {
#pragma omp simd
  for (int64_t i = 0; i < m; ++i) {
    float s1, c1, s = 0.0f, c = 1.0f, sum = 0.0f;
    SineCosine(kKnotStep * x[i], s1, c1);
#pragma GCC unroll 17
    for (int k = 0; k < kKnots; ++k) {
      sum += coefficients[2 * k * m + i] * s + coefficients[(2 * k + 1) * m + i] * c;
      const float next = c * c1 - s * s1;
      s = s * c1 + c * s1;
      c = next;
    }
    gradient[i] = sum;
  }
}

class SigRegFunction : public torch::autograd::Function<SigRegFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& samples,
                            const at::Tensor& directions) {
    const int64_t count = samples.size(0), slices = directions.size(1);
    const at::Tensor projections = Multiplied(samples.contiguous(), directions);
    const int64_t pieces = (count + kPieceRows - 1) / kPieceRows;
    const at::Tensor parts = at::zeros({pieces, kKnots * 2 * slices}, at::kFloat);
    ParallelFor(pieces, [&](int64_t piece) {
      float* sums = parts.data_ptr<float>() + piece * parts.size(1);
      const int64_t last = std::min(count, (piece + 1) * kPieceRows);
      for (int64_t n = piece * kPieceRows; n < last; ++n) {
        AddWaves(projections.data_ptr<float>() + n * slices, sums, slices);
      }
    });
    const at::Tensor means = parts.sum(0) / static_cast<double>(count);  // [17, 2, M]
    const at::Tensor coefficients = at::empty_like(means);
    double loss = 0;
    for (int k = 0; k < kKnots; ++k) {
      const float t = kKnotStep * k;
      for (int64_t m = 0; m < slices; ++m) {
        const int64_t at = 2 * k * slices + m;
        const float real = means.data_ptr<float>()[at] - Phi(k);
        const float imaginary = means.data_ptr<float>()[at + slices];
        loss += Weight(k) * (static_cast<double>(real) * real + imaginary * imaginary);
        // The N of the statistic and the 1 / N of the mean cancel.
        coefficients.data_ptr<float>()[at] = -2 * Weight(k) * real * t / slices;
        coefficients.data_ptr<float>()[at + slices] = 2 * Weight(k) * imaginary * t / slices;
      }
    }
    context->save_for_backward({projections, directions, coefficients});
    return at::scalar_tensor(loss * count / slices, at::kFloat);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &projections = saved[0], &directions = saved[1], &coefficients = saved[2];
    const int64_t slices = directions.size(1);
    const at::Tensor slopes = at::empty_like(projections);
    const int64_t count = projections.size(0);
    ParallelFor((count + kPieceRows - 1) / kPieceRows, [&](int64_t piece) {
      const int64_t last = std::min(count, (piece + 1) * kPieceRows);
      for (int64_t n = piece * kPieceRows; n < last; ++n) {
        WaveSlopes(projections.data_ptr<float>() + n * slices, coefficients.data_ptr<float>(),
                   slopes.data_ptr<float>() + n * slices, slices);
      }
    });
    return {Multiplied(slopes, directions.t() * gradients[0]), at::Tensor()};
  }
};

// As vicreg: per patch, and again on what changes within a clip. Centred latents have half the
// variance of independent ones at most, so they are held to a variance of 1/2.
class SigRegObjective : public AntiCollapse {
 public:
  explicit SigRegObjective(const TrainConfig& config) : config_(config) {}

  at::Tensor Penalty(const Latents& latents) override {
    const at::Tensor& z = latents.z;
    RandomStream random(config_.seed, "sigreg", static_cast<uint64_t>(latents.step));
    const at::Tensor directions = Directions(z.size(3), config_.sigreg.slices, random);
    at::Tensor loss = SigReg(z.flatten(0, 2), directions);
    if (config_.temporal_weight > 0) {
      const at::Tensor centred = (z - z.mean(1, /*keepdim=*/true)) * std::sqrt(2.0);
      loss = loss + SigReg(centred.flatten(0, 2), directions) * config_.temporal_weight;
    }
    return loss;
  }

 private:
  static at::Tensor Directions(int64_t size, int64_t count, RandomStream& random) {
    at::Tensor directions = at::empty({count, size}, at::kFloat);
    float* number = directions.data_ptr<float>();
    for (int64_t i = 0; i < size * count; ++i) number[i] = static_cast<float>(random.Normal());
    return (directions / directions.norm(2, {1}, /*keepdim=*/true)).t().contiguous();
  }

  TrainConfig config_;
};

}  // namespace

at::Tensor SigReg(const at::Tensor& samples, const at::Tensor& directions) {
  PEEKABOO_CHECK(samples.dim() == 2 && directions.dim() == 2);
  PEEKABOO_CHECK(samples.size(1) == directions.size(0));
  return SigRegFunction::apply(samples, directions.contiguous());
}

const ConfigDescription<SigRegConfig>& SigRegConfig::Describe() {
  using C = SigRegConfig;
  static const auto description =
      ConfigDescription<C>("The latents' distribution along random directions.")
          .Field("slices", &C::slices, "Random directions a step", {.min = 1, .max = 8192});
  return description;
}

std::unique_ptr<AntiCollapse> MakeSigReg(const TrainConfig& config) {
  return std::make_unique<SigRegObjective>(config);
}

}  // namespace peekaboo::worldmodel
