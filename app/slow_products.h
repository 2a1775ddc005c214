#pragma once

namespace peekaboo::app {

/// A line on stderr if LibTorch's matrix products are slow here (the reference BLAS), or those of a
/// training in bf16 slower than in f32, with what to do about it. Measures for 0.1 s with that many
/// threads (0: one a core), once a process.
void WarnOfSlowProducts(int threads, bool trains_in_bf16 = false);

}  // namespace peekaboo::app
