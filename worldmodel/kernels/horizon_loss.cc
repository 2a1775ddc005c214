#include "worldmodel/kernels/horizon_loss.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Overloads by macro: GCC cannot clone templates' instances.
#define PEEKABOO_HORIZON(T)                                                                       \
  /* p_gradient = scale * (p - z), z_gradient -= the same; returns sum (p - z)^2. */              \
  PEEKABOO_SIMD float ErrorRow(const T* __restrict p, const float* __restrict z, float scale,     \
                               T* __restrict p_gradient, float* __restrict z_gradient,            \
                               int64_t n) {                                                       \
    float sum = 0.0f;                                                                             \
    _Pragma("omp simd reduction(+ : sum)") for (int64_t i = 0; i < n; ++i) {                      \
      const float e = ToFloat(p[i]) - z[i];                                                       \
      sum += e * e;                                                                               \
      p_gradient[i] = FromFloat<T>(scale * e);                                                    \
      z_gradient[i] -= scale * e;                                                                 \
    }                                                                                             \
    return sum;                                                                                   \
  }                                                                                               \
  /* Sum of u + (p - z)^2 / e^u with u clamped; gradient is scale times its slope in u. */        \
  PEEKABOO_SIMD float VarianceRow(const T* __restrict log_variance, const T* __restrict p,        \
                                  const float* __restrict z, float scale, T* __restrict gradient, \
                                  int64_t n) {                                                    \
    float sum = 0.0f;                                                                             \
    _Pragma("omp simd reduction(+ : sum)") for (int64_t i = 0; i < n; ++i) {                      \
      const float raw = ToFloat(log_variance[i]);                                                 \
      float u = raw < kLogVarianceMin ? kLogVarianceMin : raw;                                    \
      u = u > kLogVarianceMax ? kLogVarianceMax : u;                                              \
      const float e = ToFloat(p[i]) - z[i];                                                       \
      const float ratio = e * e * Exp(-u);                                                        \
      const float slope = u == raw ? scale * (1.0f - ratio) : 0.0f;                               \
      gradient[i] = FromFloat<T>(slope);                                                          \
      sum += u + ratio;                                                                           \
    }                                                                                             \
    return sum;                                                                                   \
  }

PEEKABOO_HORIZON(float)
PEEKABOO_HORIZON(Bf16)
#undef PEEKABOO_HORIZON

struct Sizes {
  int64_t clips, frames, horizons, numbers;
};

Sizes CheckedSizes(const at::Tensor& predictions, const at::Tensor& targets,
                   const std::vector<int>& horizons) {
  const Sizes s{predictions.size(0), predictions.size(1), predictions.size(2), predictions.size(3)};
  PEEKABOO_CHECK(predictions.is_contiguous() && targets.is_contiguous());
  PEEKABOO_CHECK(targets.scalar_type() == at::kFloat && targets.size(0) == s.clips);
  PEEKABOO_CHECK(targets.size(1) == s.frames && targets.size(2) == s.numbers);
  PEEKABOO_CHECK(static_cast<int64_t>(horizons.size()) == s.horizons);
  PEEKABOO_CHECK(horizons.back() < s.frames);
  return s;
}

template <typename T>
T* Data(const at::Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}

// Calls body(p, z, i) with offsets of each predicted row and its target, and blank(p) for rows
// whose target lies beyond the clip.
template <typename Body, typename Blank>
void ForEachRow(const Sizes& s, const std::vector<int>& horizons, int64_t clip, Body body,
                Blank blank) {
  for (int64_t t = 0; t < s.frames; ++t) {
    for (int64_t i = 0; i < s.horizons; ++i) {
      const int64_t p = ((clip * s.frames + t) * s.horizons + i) * s.numbers;
      if (t + horizons[i] < s.frames) {
        body(p, (clip * s.frames + t + horizons[i]) * s.numbers, i);
      } else {
        blank(p);
      }
    }
  }
}

// What one squared error counts in the loss.
double Share(const Sizes& s, int horizon) {
  return 1.0 / (static_cast<double>(s.horizons) * s.clips * (s.frames - horizon) * s.numbers);
}

// A clip is one thread's, so that what flows to its targets adds up in one order.
template <typename T>
void ErrorClip(const Sizes& s, const std::vector<int>& horizons, int64_t clip,
               const at::Tensor& predictions, const at::Tensor& targets,
               const at::Tensor& p_gradient, const at::Tensor& z_gradient, double* sums) {
  ForEachRow(
      s, horizons, clip,
      [&](int64_t p, int64_t z, int64_t i) {
        sums[i] += ErrorRow(Data<T>(predictions) + p, Data<float>(targets) + z,
                            static_cast<float>(2.0 * Share(s, horizons[i])),
                            Data<T>(p_gradient) + p, Data<float>(z_gradient) + z, s.numbers);
      },
      [&](int64_t p) { std::fill_n(Data<T>(p_gradient) + p, s.numbers, T{}); });
}

template <typename T>
void VarianceClip(const Sizes& s, const std::vector<int>& horizons, int64_t clip,
                  const at::Tensor& log_variance, const at::Tensor& predictions,
                  const at::Tensor& targets, const at::Tensor& gradient, double* sum) {
  ForEachRow(
      s, horizons, clip,
      [&](int64_t p, int64_t z, int64_t i) {
        const double share = Share(s, horizons[i]);
        *sum += share * VarianceRow(Data<T>(log_variance) + p, Data<T>(predictions) + p,
                                    Data<float>(targets) + z, static_cast<float>(share),
                                    Data<T>(gradient) + p, s.numbers);
      },
      [&](int64_t p) { std::fill_n(Data<T>(gradient) + p, s.numbers, T{}); });
}

at::Tensor Scaled(const at::Tensor& gradient, const at::Tensor& by) {
  const float factor = by.item<float>();  // of full precision, also where the gradient is bf16
  return factor == 1.0f ? gradient : gradient * factor;
}

class HorizonErrorFunction : public torch::autograd::Function<HorizonErrorFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& predictions,
                            const at::Tensor& targets, const std::vector<int>& horizons,
                            std::vector<double>* by_horizon) {
    const Sizes s = CheckedSizes(predictions, targets, horizons);
    const at::Tensor p_gradient = at::empty_like(predictions);
    const at::Tensor z_gradient = at::zeros_like(targets);
    std::vector<double> sums(s.clips * s.horizons);
    for (int64_t b = 0; b < s.clips; ++b) {
      double* sum = sums.data() + b * s.horizons;
      if (predictions.scalar_type() == at::kFloat) {
        ErrorClip<float>(s, horizons, b, predictions, targets, p_gradient, z_gradient, sum);
      } else {
        ErrorClip<Bf16>(s, horizons, b, predictions, targets, p_gradient, z_gradient, sum);
      }
    }
    std::vector<double> errors(s.horizons);
    double loss = 0;
    for (int64_t i = 0; i < s.horizons; ++i) {
      double total = 0;
      for (int64_t b = 0; b < s.clips; ++b) total += sums[b * s.horizons + i];
      loss += total * Share(s, horizons[i]);
      errors[i] = total * Share(s, horizons[i]) * s.horizons;
    }
    if (by_horizon != nullptr) *by_horizon = errors;
    context->save_for_backward({p_gradient, z_gradient});
    return at::scalar_tensor(loss, at::kFloat);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    return {Scaled(saved[0], gradients[0]), Scaled(saved[1], gradients[0]), at::Tensor(),
            at::Tensor()};
  }
};

class VarianceLossFunction : public torch::autograd::Function<VarianceLossFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& log_variance,
                            const at::Tensor& predictions, const at::Tensor& targets,
                            const std::vector<int>& horizons) {
    const Sizes s = CheckedSizes(predictions, targets, horizons);
    PEEKABOO_CHECK(log_variance.is_contiguous() && log_variance.sizes() == predictions.sizes());
    PEEKABOO_CHECK(log_variance.scalar_type() == predictions.scalar_type());
    const at::Tensor gradient = at::empty_like(log_variance);
    std::vector<double> sums(s.clips);
    for (int64_t b = 0; b < s.clips; ++b) {
      if (predictions.scalar_type() == at::kFloat) {
        VarianceClip<float>(s, horizons, b, log_variance, predictions, targets, gradient, &sums[b]);
      } else {
        VarianceClip<Bf16>(s, horizons, b, log_variance, predictions, targets, gradient, &sums[b]);
      }
    }
    context->save_for_backward({gradient});
    return at::scalar_tensor(std::accumulate(sums.begin(), sums.end(), 0.0), at::kFloat);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    return {Scaled(saved[0], gradients[0]), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor HorizonError(const at::Tensor& predictions, const at::Tensor& targets,
                        const std::vector<int>& horizons, std::vector<double>* by_horizon) {
  return HorizonErrorFunction::apply(predictions, targets, horizons, by_horizon);
}

at::Tensor VarianceLoss(const at::Tensor& log_variance, const at::Tensor& predictions,
                        const at::Tensor& targets, const std::vector<int>& horizons) {
  return VarianceLossFunction::apply(log_variance, predictions.detach(), targets.detach(),
                                     horizons);
}

}  // namespace peekaboo::worldmodel
