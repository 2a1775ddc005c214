#include "app/slow_products.h"

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <string>

#include "sim/ordered_pool.h"
#include "worldmodel/compute.h"
#include "worldmodel/gemm_probe.h"

namespace peekaboo::app {

void WarnOfSlowProducts(int threads, bool trains_in_bf16) {
  static std::once_flag once;
  std::call_once(once, [&] {
    worldmodel::SetComputeThreads(threads);
    const worldmodel::GemmRate rate = worldmodel::MeasureGemm();
    std::string warning =
        worldmodel::SlowBlasWarning(rate, std::min(sim::ThreadsOrAll(threads), sim::Processors()));
    if (warning.empty() && trains_in_bf16) warning = worldmodel::SlowBf16Warning(rate);
    if (!warning.empty()) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  });
}

}  // namespace peekaboo::app
