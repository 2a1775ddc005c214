#pragma once

#include <string>

namespace peekaboo::worldmodel {

/// How fast this machine multiplies matrices through LibTorch, with the calling thread's compute
/// threads.
struct GemmRate {
  double f32 = 0;   ///< GFLOP/s
  double bf16 = 0;  ///< GFLOP/s
};

/// Multiplies 768 x 768 matrices for about 0.1 s, keeping the fastest. Any thread.
GemmRate MeasureGemm();

/// One line when the rate says that LibTorch runs on the slow reference BLAS; empty when all is
/// well. `threads`: processors that it was measured on.
std::string SlowBlasWarning(const GemmRate& rate, int threads);

/// One line when bf16 is slower than f32 here; empty when it is not.
std::string SlowBf16Warning(const GemmRate& rate);

}  // namespace peekaboo::worldmodel
