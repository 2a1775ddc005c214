#include "app/slow_products.h"

#include <cstdio>
#include <mutex>
#include <string>

#include "sim/ordered_pool.h"
#include "worldmodel/compute.h"
#include "worldmodel/gemm_probe.h"

namespace peekaboo::app {

void WarnOfSlowProducts(int threads) {
  static std::once_flag once;
  std::call_once(once, [&] {
    worldmodel::SetComputeThreads(threads);
    const std::string warning =
        worldmodel::GemmWarning(worldmodel::MeasureGemm(), sim::ThreadsOrAll(threads));
    if (!warning.empty()) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  });
}

}  // namespace peekaboo::app
