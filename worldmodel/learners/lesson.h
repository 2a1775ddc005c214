#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"

namespace peekaboo::worldmodel {

/// Steps in which one part of the parameters learns and the rest stays as it is.
struct Lesson {
  std::string part;  ///< names of its parameters begin so: "transition."; empty: all of them
  int64_t steps = 0;
  double learning_rate = 0;  ///< peak; warms up, then falls to 0 along a cosine
  int64_t lanes = 1;         ///< pieces of a step, side by side
  /// The share of piece `lane` in the loss of step `step`, counted from 0. Any thread; a piece of
  /// its own data and tape.
  std::function<at::Tensor(int64_t step, int64_t lane, GradientTape* tape)> loss;
  /// Told after each step how many were taken; returns false to stop. May be null.
  std::function<bool(int64_t step)> observe;
};

/// AdamW without decay. The same bits for any number of threads. Returns whether it was not
/// stopped.
bool RunLesson(Parameters& parameters, const Lesson& lesson);

}  // namespace peekaboo::worldmodel
