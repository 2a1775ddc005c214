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

/// One line when the rates say that LibTorch runs on the slow reference BLAS, or that bf16 is
/// slower than f32 here; empty when all is well. `threads` as the rates were measured with.
std::string GemmWarning(const GemmRate& rate, int threads);

}  // namespace peekaboo::worldmodel
