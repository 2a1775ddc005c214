#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/mind/configurator.h"
#include "agent/planning/planner.h"
#include "base/random.h"

namespace peekaboo::agent {

/// Acts by planning again and again (model-predictive control): each plan looks `horizon` actions
/// ahead, of which `execute` are carried out, and begins with what is left of the plan before.
/// Actions by inference, nothing is learned here (LeCun 2022, mode 2). One thread.
class RecedingHorizon {
 public:
  /// Borrows `dynamics`. Throws UserError as MakePlanner does.
  RecedingHorizon(const Dynamics& dynamics, const ActorConfig& config, RandomStream random);

  /// A new episode, in which this is wanted.
  void Begin(std::unique_ptr<Objective> objective);
  /// The action [A] for now, where the world is in `state` (one row); plans where what was to be
  /// carried out of the last plan has been. Zeros where no admissible plan was found: it stops, and
  /// tries again at the next action.
  std::vector<float> Act(const worldmodel::LatentState& state);

  /// A plan from `state`, which begins with what is left of the one before after `passed` actions.
  /// For whoever carries it out himself; Act does both.
  const Plan& MakePlan(const worldmodel::LatentState& state, int passed);

  /// What was planned last; empty before.
  const std::optional<Plan>& plan() const { return plan_; }
  /// Seconds that the last plan took.
  double seconds() const { return seconds_; }

 private:
  /// Rests instead where the plan is not clearly better (ActorConfig::calm).
  void PreferRest(const PlanningProblem& problem);

  const Dynamics& dynamics_;
  ActorConfig config_;
  std::unique_ptr<Planner> planner_;
  RandomStream random_;
  std::unique_ptr<Objective> objective_;
  std::optional<Plan> plan_;
  int executed_ = 0;  // actions of plan_
  double seconds_ = 0;
};

}  // namespace peekaboo::agent
