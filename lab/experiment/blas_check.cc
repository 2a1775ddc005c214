#include "lab/experiment/blas_check.h"

#include <cstdio>
#include <mutex>

#include "worldmodel/kernels/gemm_probe.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::lab {

void WarnOfSlowProducts(const std::string& precision) {
  static std::once_flag once;
  std::call_once(once, [&] {
    std::string warning = worldmodel::SlowBlasWarning(worldmodel::MeasureBlas());
    if (warning.empty() && precision != "auto") {
      worldmodel::ModelConfig model;
      model.precision = precision;
      warning = worldmodel::SlowPrecisionWarning(
          worldmodel::MeasureGemm(), model.ProductPrecision(), worldmodel::FasterPrecision());
    }
    if (!warning.empty()) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  });
}

}  // namespace peekaboo::lab
