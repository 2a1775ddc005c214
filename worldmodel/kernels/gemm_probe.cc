#include "worldmodel/kernels/gemm_probe.h"

#include <ATen/ATen.h>
#include <dnnl.h>
#include <fmt/format.h>

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

}  // namespace

GemmRate MeasureGemm() {
  const int threads = ComputeThreads();
  return {Rate(at::kFloat, threads), Rate(at::kBFloat16, threads)};
}

Precision FasterPrecision() {
#if defined(__x86_64__)
  // The values of oneDNN's instruction sets are bit masks, in which each has the bits of those that
  // it extends. What the environment forbids (DNNL_MAX_CPU_ISA) counts as missing.
  const unsigned own = dnnl_get_effective_cpu_isa(), bf16 = dnnl_cpu_isa_avx512_core_bf16;
  if ((own & bf16) == bf16) return Precision::kBf16;
#endif
  return Precision::kF32;
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
  return fmt::format(
      "LibTorch's matrix products run at {} GFLOP/s: it seems to use the reference BLAS; install "
      "libopenblas0-openmp",
      static_cast<int>(rate));
}

std::string SlowPrecisionWarning(const GemmRate& rate, Precision asked, Precision faster) {
  const auto of = [&](Precision precision) {
    return static_cast<int>(precision == Precision::kBf16 ? rate.bf16 : rate.f32);
  };
  if (asked == faster) return "";
  return fmt::format(
      "matrix products in {} run at {} GFLOP/s here, in {} at {}: the precision \"auto\" takes "
      "that",
      PrecisionName(asked), of(asked), PrecisionName(faster), of(faster));
}

}  // namespace peekaboo::worldmodel
