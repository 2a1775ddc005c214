#pragma once

namespace peekaboo::app {

/// A line on stderr if LibTorch's matrix products are slow here (the reference BLAS), with what to
/// do about it. Measures for 0.1 s with that many threads (0: one a core), once a process.
void WarnOfSlowProducts(int threads);

}  // namespace peekaboo::app
