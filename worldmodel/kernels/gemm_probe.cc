#include "worldmodel/kernels/gemm_probe.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/products.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kSide = 768;
constexpr double kSeconds = 0.05;  // for each type
// The reference BLAS reaches about 3, tuned ones 20 to 150.
constexpr double kSlowBlas = 8.0;
// bf16 must be this much faster to be taken. With its instructions it is 1.9 to 4 times as fast,
// without them (factors are widened) as fast or slower: the margin keeps the noise of measuring
// from changing the choice.
constexpr double kWorthRounding = 1.3;

// GFLOP/s of `products` products of that side, done by `multiply`.
double Rate(int products, const std::function<void()>& multiply) {
  using Clock = std::chrono::steady_clock;
  multiply();
  const auto begin = Clock::now();
  double best = 1e9, spent = 0;
  // At least twice: the first may still be waking threads up.
  for (int round = 0; round < 2 || (spent < kSeconds && round < 100); ++round) {
    const auto start = Clock::now();
    multiply();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
    spent = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return 2.0 * kSide * kSide * kSide * products / best / 1e9;
}

double Rate(at::ScalarType type, int threads) {
  const at::NoGradGuard no_gradient;
  const at::Tensor a = at::full({kSide, kSide}, 0.5, type);
  const at::Tensor products = at::empty({threads, kSide, kSide}, type);
  return Rate(threads,
              [&] { ParallelFor(threads, [&](int64_t i) { Multiply(a, a, products[i]); }); });
}

Precision Faster(const GemmRate& rate) {
  return rate.bf16 > kWorthRounding * rate.f32 ? Precision::kBf16 : Precision::kF32;
}

GemmRate Measure(int threads) { return {Rate(at::kFloat, threads), Rate(at::kBFloat16, threads)}; }

}  // namespace

GemmRate MeasureGemm() { return Measure(ComputeThreads()); }

Precision FasterPrecision() {
  static const Precision faster = Faster(Measure(1));
  return faster;
}

double MeasureBlas() {
  const at::NoGradGuard no_gradient;
  UseNoOtherThreads();
  const at::Tensor a = at::full({kSide, kSide}, 0.5, at::kFloat);
  at::Tensor product = at::empty_like(a);
  return Rate(1, [&] { at::mm_out(product, a, a); });
}

std::string SlowBlasWarning(double rate) {
  if (rate >= kSlowBlas) return "";
  return "LibTorch's matrix products run at " + std::to_string(static_cast<int>(rate)) +
         " GFLOP/s: it seems to use the reference BLAS; install libopenblas0-openmp";
}

std::string SlowPrecisionWarning(const GemmRate& rate, Precision asked) {
  if (asked == Faster(rate)) return "";
  const bool bf16 = asked == Precision::kBf16;
  const double own = bf16 ? rate.bf16 : rate.f32, other = bf16 ? rate.f32 : rate.bf16;
  return std::string("matrix products in ") + PrecisionName(asked) + " run at " +
         std::to_string(static_cast<int>(own)) + " GFLOP/s here, in " +
         PrecisionName(Faster(rate)) + " at " + std::to_string(static_cast<int>(other)) +
         ": the precision \"auto\" takes that";
}

}  // namespace peekaboo::worldmodel
