#pragma once

#include <string>

#include "worldmodel/kernels/precision.h"

namespace peekaboo::worldmodel {

/// How fast this machine multiplies matrices.
struct GemmRate {
  double f32 = 0;   ///< GFLOP/s
  double bf16 = 0;  ///< GFLOP/s
};

/// Multiplies 768 x 768 matrices for about 0.1 s, a product on each of the calling thread's compute
/// threads, keeping the fastest. Any thread.
GemmRate MeasureGemm();

/// What products are made of where nobody says otherwise: bf16 where the processor has
/// instructions for it (AVX512_BF16 or AMX; there it runs 1.9 to 4 times as fast as f32), else f32
/// (without them it runs as fast or slower). Nothing is measured, so that the same command gives
/// the same bits beside a busy neighbour. Any thread.
Precision FasterPrecision();

/// One line when LibTorch's own products, on one thread, show that it runs on the slow reference
/// BLAS, which fits of probes and readouts use; empty when all is well. `rate` in GFLOP/s.
std::string SlowBlasWarning(double rate);
/// What LibTorch's own products reach on the calling thread alone, in GFLOP/s; takes 0.05 s.
double MeasureBlas();

/// One line when the precision that was asked for is not `faster`, what "auto" takes; else empty.
std::string SlowPrecisionWarning(const GemmRate& rate, Precision asked, Precision faster);

}  // namespace peekaboo::worldmodel
