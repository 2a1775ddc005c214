#pragma once

#include <string>

namespace peekaboo::lab {

/// A line on stderr if matrix products are slow here that need not be, with what to do about it:
/// LibTorch's on the reference BLAS, or the networks' in a precision ("f32", "bf16") that somebody
/// asked for and that is the slower one. Measures for a tenth of a second, once a process.
void WarnOfSlowProducts(const std::string& precision);

}  // namespace peekaboo::lab
