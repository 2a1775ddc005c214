#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "agent/planning/planner.h"
#include "agent/planning/problem.h"

namespace peekaboo::agent {

/// Action sequences and what was found of each.
struct Candidates {
  at::Tensor actions;             ///< [N, H, A] f32
  std::vector<double> cost;       ///< [N]; not a number becomes infinite
  std::vector<double> violation;  ///< [N], sum of the constraints' values above 0

  /// Rows, the best first: admissible ones by their cost, then the others by what they violate.
  std::vector<int64_t> Ranked() const;
  /// The actions of the first `count` of them (all if there are fewer), [count, H, A].
  at::Tensor Best(int64_t count) const;
};

/// Keeps the best of what was imagined, and counts.
class BestPlan {
 public:
  /// `problem` outlives it.
  explicit BestPlan(const PlanningProblem& problem) : problem_(&problem) {}

  /// Imagines `actions` [N, L, A], without gradients.
  Candidates Evaluate(const at::Tensor& actions);
  /// Takes note of candidates whose sequences have all H actions.
  void Offer(const Candidates& candidates);
  /// Adds to the transitions that were imagined.
  void Count(int64_t transitions) { plan_.transitions += transitions; }
  /// An iteration is over; false when it was the last because time is out.
  bool Continue();
  /// The plan, with its path and `candidates`, at most `most` of them.
  Plan Finish(const Candidates& last, int64_t most);

 private:
  const PlanningProblem* problem_;
  Plan plan_;
};

/// `problem.initial`, and one sequence of standing still: nothing is done that is not better.
at::Tensor InitialActions(const PlanningProblem& problem);

/// The numbers behind a score, with what is not a number made infinite.
Candidates ToCandidates(const at::Tensor& actions, const PathScore& score);

}  // namespace peekaboo::agent
