#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/planning/planner_config.h"
#include "agent/planning/planner_names.h"
#include "agent/planning/problem.h"
#include "base/random.h"
#include "worldmodel/model/latent_state.h"

namespace peekaboo::agent {

/// What a planner found.
struct Plan {
  at::Tensor actions;         ///< [H, A] f32, each in [-1, 1]
  worldmodel::Imagined path;  ///< one row: what they lead through, as imagined
  double cost = 0;
  /// Sum of the constraints' values above 0 along the path. Above 0: no admissible path was found,
  /// and these actions are the ones that break constraints least. Do not carry them out.
  double violation = 0;
  /// [M, H, A] f32, the best paths of the last iteration, best first: to begin with next time.
  at::Tensor candidates;
  std::vector<double> costs;  ///< the least cost so far, after each iteration
  int64_t transitions = 0;    ///< imagined: candidates x actions, over all iterations
  bool cut_short = false;     ///< time was out before the last iteration

  bool admissible() const { return violation <= 0; }
};

/// A way to search for actions. Holds settings alone: any number of threads at once. A new one is a
/// new file and a row in planner.cc.
class Planner {
 public:
  virtual ~Planner() = default;

  /// Always gives a plan of `horizon` actions, the best of all that were imagined: first by what
  /// they violate, then by cost; a cost that is not a number is the worst. The same problem and
  /// numbers of `random` give the same plan.
  virtual Plan Solve(const PlanningProblem& problem, RandomStream& random) const = 0;
};

/// Throws UserError naming `planner` and what there is when no planner has that name, and where a
/// planner that needs gradients is asked for and `differentiable` is false.
std::unique_ptr<Planner> MakePlanner(const PlannerConfig& config, bool differentiable);

/// What is left of action sequences [M, H, A] after `executed` of their actions: zeros follow.
at::Tensor ShiftActions(const at::Tensor& actions, int64_t executed);

/// One per planner; a row of the table in planner.cc.
std::unique_ptr<Planner> MakeGradientPlanner(const PlannerConfig& config);
std::unique_ptr<Planner> MakeGrasp(const PlannerConfig& config);
std::unique_ptr<Planner> MakeCem(const PlannerConfig& config);
std::unique_ptr<Planner> MakeICem(const PlannerConfig& config);
std::unique_ptr<Planner> MakeMppi(const PlannerConfig& config);
std::unique_ptr<Planner> MakeRandomShooting(const PlannerConfig& config);
std::unique_ptr<Planner> MakeTreeSearch(const PlannerConfig& config);

}  // namespace peekaboo::agent
