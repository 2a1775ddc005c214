#include "worldmodel/gemm_probe.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kSide = 768;
constexpr double kSeconds = 0.05;  // for each type
// The reference BLAS reaches about 3 a thread, tuned ones 20 to 100.
constexpr double kSlowPerThread = 8.0;

double Rate(at::ScalarType type) {
  using Clock = std::chrono::steady_clock;
  const at::NoGradGuard no_gradient;
  const at::Tensor a = at::full({kSide, kSide}, 0.5, type);
  at::Tensor product = at::mm(a, a);
  const auto begin = Clock::now();
  double best = 1e9, spent = 0;
  // At least twice: the first may still be waking threads up.
  for (int round = 0; round < 2 || (spent < kSeconds && round < 100); ++round) {
    const auto start = Clock::now();
    at::mm_out(product, a, a);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
    spent = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return 2.0 * kSide * kSide * kSide / best / 1e9;
}

}  // namespace

GemmRate MeasureGemm() { return {Rate(at::kFloat), Rate(at::kBFloat16)}; }

std::string SlowBlasWarning(const GemmRate& rate, int threads) {
  if (rate.f32 >= kSlowPerThread * std::max(1, threads)) return "";
  return "matrix products run at " + std::to_string(static_cast<int>(rate.f32)) +
         " GFLOP/s: LibTorch seems to use the reference BLAS; install libopenblas0-openmp";
}

std::string SlowBf16Warning(const GemmRate& rate) {
  if (rate.bf16 >= rate.f32) return "";
  return "bf16 matrix products are slower than f32 here (" +
         std::to_string(static_cast<int>(rate.bf16)) + " against " +
         std::to_string(static_cast<int>(rate.f32)) +
         " GFLOP/s): train with --set model.precision=f32";
}

}  // namespace peekaboo::worldmodel
