#include "agent/planning/candidates.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::agent {
namespace {

// Rows that are imagined at once, by one thread, at most: enough for fast products, few enough to
// share out. Whatever the number of threads, so that a plan does not depend on it.
constexpr int64_t kChunk = 80;

// As many chunks of one size as two threads share evenly.
int64_t ChunkOf(int64_t rows) {
  const int64_t pairs = (rows + 2 * kChunk - 1) / (2 * kChunk);
  return (rows + 2 * pairs - 1) / (2 * pairs);
}

std::vector<double> Numbers(const at::Tensor& values) {
  const at::Tensor wide = values.detach().to(at::kDouble).contiguous();
  std::vector<double> numbers(wide.data_ptr<double>(), wide.data_ptr<double>() + wide.numel());
  for (double& number : numbers) {
    if (std::isnan(number)) number = std::numeric_limits<double>::infinity();
  }
  return numbers;
}

bool Better(double cost, double violation, double other_cost, double other_violation) {
  if (violation != other_violation) return violation < other_violation;
  return cost < other_cost;
}

}  // namespace

std::vector<int64_t> Candidates::Ranked() const {
  std::vector<int64_t> rows(cost.size());
  std::iota(rows.begin(), rows.end(), 0);
  std::stable_sort(rows.begin(), rows.end(), [&](int64_t a, int64_t b) {
    return Better(cost[a], violation[a], cost[b], violation[b]);
  });
  return rows;
}

at::Tensor Candidates::Best(int64_t count) const {
  std::vector<int64_t> rows = Ranked();
  rows.resize(std::min<size_t>(rows.size(), static_cast<size_t>(count)));
  return actions.index_select(0, at::tensor(rows, at::kLong));
}

at::Tensor InitialActions(const PlanningProblem& problem) {
  const at::Tensor still = at::zeros({1, problem.horizon, problem.dynamics->action_size()});
  return problem.initial.defined() ? at::cat({problem.initial, still}) : still;
}

Candidates ToCandidates(const at::Tensor& actions, const PathScore& score) {
  Candidates candidates{actions.detach(), Numbers(score.cost), {}};
  if (score.constraint.defined()) {
    candidates.violation = Numbers(score.constraint.clamp_min(0).sum(1));
  } else {
    candidates.violation.assign(candidates.cost.size(), 0);
  }
  return candidates;
}

Candidates BestPlan::Evaluate(const at::Tensor& actions) {
  const at::NoGradGuard no_gradient;
  const std::vector<at::Tensor> chunks = actions.split(ChunkOf(actions.size(0)));
  std::vector<PathScore> scores(chunks.size());
  worldmodel::ParallelFor(std::ssize(chunks), [&](int64_t i) {
    const at::NoGradGuard none;
    const at::Tensor& chunk = chunks[i];
    const worldmodel::Imagined path = problem_->dynamics->Rollout(problem_->start, chunk);
    scores[i] = problem_->objective->Score(path, chunk);
    PEEKABOO_CHECK(scores[i].cost.dim() == 1 && scores[i].cost.size(0) == chunk.size(0));
  });
  std::vector<at::Tensor> costs, constraints;
  for (const PathScore& score : scores) {
    costs.push_back(score.cost);
    if (score.constraint.defined()) constraints.push_back(score.constraint);
  }
  Count(actions.size(0) * actions.size(1));
  return ToCandidates(actions,
                      {at::cat(costs), constraints.empty() ? at::Tensor() : at::cat(constraints)});
}

void BestPlan::Offer(const Candidates& candidates) {
  for (size_t row = 0; row < candidates.cost.size(); ++row) {
    if (plan_.actions.defined() &&
        !Better(candidates.cost[row], candidates.violation[row], plan_.cost, plan_.violation))
      continue;
    plan_.actions = candidates.actions[static_cast<int64_t>(row)].clone();
    plan_.cost = candidates.cost[row];
    plan_.violation = candidates.violation[row];
  }
}

bool BestPlan::Continue() {
  plan_.costs.push_back(plan_.cost);
  if (!problem_->out_of_time || !problem_->out_of_time()) return true;
  plan_.cut_short = true;
  return false;
}

Plan BestPlan::Finish(const Candidates& last, int64_t most) {
  PEEKABOO_CHECK(plan_.actions.defined());
  const at::NoGradGuard no_gradient;
  plan_.path = problem_->dynamics->Rollout(problem_->start, plan_.actions.unsqueeze(0));
  const at::Tensor best = plan_.actions.unsqueeze(0);
  plan_.candidates = most > 1 ? at::cat({best, last.Best(most - 1)}) : best;
  return std::move(plan_);
}

}  // namespace peekaboo::agent
