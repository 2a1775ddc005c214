#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <utility>
#include <vector>

#include "agent/planning/problem.h"

namespace peekaboo::agent {

/// z' = z A^T + a B^T; nothing is remembered.
class LinearDynamics : public Dynamics {
 public:
  LinearDynamics(at::Tensor a, at::Tensor b) : a_(std::move(a)), b_(std::move(b)) {}

  int64_t action_size() const override { return b_.size(1); }
  bool differentiable() const override { return true; }
  worldmodel::Imagined Rollout(const worldmodel::LatentState& state,
                               const at::Tensor& actions) const override {
    std::vector<at::Tensor> z;
    at::Tensor now = state.z;
    for (int64_t k = 0; k < actions.size(1); ++k) {
      now = now.matmul(a_.t()) + actions.select(1, k).matmul(b_.t());
      z.push_back(now);
    }
    return {at::stack(z, 1), at::zeros({actions.size(0), actions.size(1), 0})};
  }

 private:
  at::Tensor a_, b_;
};

/// An objective from a function.
class FunctionObjective : public Objective {
 public:
  using Function = std::function<PathScore(const at::Tensor& z, const at::Tensor& actions)>;
  explicit FunctionObjective(Function function) : function_(std::move(function)) {}

  PathScore Score(const worldmodel::Imagined& path, const at::Tensor& actions) const override {
    return function_(path.z, actions);
  }

 private:
  Function function_;
};

inline worldmodel::LatentState StateOf(const std::vector<float>& z) {
  return {at::tensor(z).unsqueeze(0), at::zeros({1, 0})};
}

}  // namespace peekaboo::agent
