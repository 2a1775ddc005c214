#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace peekaboo::agent {

/// Adam (Kingma & Ba 2015) on one tensor that is planned, beta 0.9 and 0.999. What is not a number
/// in a gradient counts as 0: one candidate that went wrong leaves the others alone.
class Adam {
 public:
  Adam(at::Tensor variable, double rate) : variable_(std::move(variable)), rate_(rate) {}

  /// Changes the variable in place and forgets its gradient; `gradient` has its shape.
  void Step(const at::Tensor& gradient);

 private:
  at::Tensor variable_;
  double rate_;
  at::Tensor mean_, square_;
  int64_t steps_ = 0;
};

}  // namespace peekaboo::agent
