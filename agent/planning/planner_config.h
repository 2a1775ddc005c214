#pragma once

#include <string>

#include "base/config.h"

namespace peekaboo::agent {

// A planner's own settings are a table of their own, described in its .cc file.

/// Planner "gradient": Adam on the actions, through the model. [plan] gradient.KEY.
struct GradientPlannerConfig {
  int restarts = 8;          ///< action sequences that are improved side by side
  int iterations = 20;       ///< of Adam
  double rate = 0.2;         ///< of Adam, on the inverse tanh of the actions
  double noise = 0.7;        ///< standard deviation of what restarts begin with
  double correlation = 0.8;  ///< of that noise, from one action to the next
  double penalty = 10.0;     ///< rho of the augmented Lagrangian, of constraints
  int dual_every = 4;        ///< iterations from one update of its multipliers to the next

  static const ConfigDescription<GradientPlannerConfig>& Describe();
  bool operator==(const GradientPlannerConfig&) const = default;
};

/// Planner "grasp": states in between are variables too. [plan] grasp.KEY.
struct GraspConfig {
  int restarts = 8;            ///< action sequences that are improved side by side
  int iterations = 40;         ///< of Adam, on actions and states
  double action_rate = 0.2;    ///< of Adam, on the inverse tanh of the actions
  double state_rate = 0.05;    ///< of Adam, on the states
  double state_noise = 0.02;   ///< standard deviation of what is added to states each iteration
  double defect_weight = 1.0;  ///< of the squared difference of a state from what leads to it
  int sync_every = 10;         ///< iterations from one rollout through all actions to the next
  int sync_steps = 2;          ///< steps of Adam through the whole rollout then

  static const ConfigDescription<GraspConfig>& Describe();
  bool operator==(const GraspConfig&) const = default;
};

/// Planner "cem": the cross-entropy method. [plan] cem.KEY.
struct CemConfig {
  int samples = 128;          ///< action sequences an iteration
  int iterations = 5;         ///< each with the mean and deviation of the elites before
  int elites = 16;            ///< of the samples, the best
  double noise = 0.8;         ///< standard deviation in the first iteration
  double least_noise = 0.05;  ///< smallest standard deviation later
  double correlation = 0.7;   ///< of the noise, from one action to the next

  static const ConfigDescription<CemConfig>& Describe();
  bool operator==(const CemConfig&) const = default;
};

/// Planner "icem": CEM that needs fewer samples. [plan] icem.KEY.
struct ICemConfig {
  int samples = 128;  ///< action sequences in the first iteration
  int iterations = 4;
  int elites = 12;            ///< of the samples, the best
  double noise = 0.8;         ///< standard deviation in the first iteration
  double least_noise = 0.05;  ///< smallest standard deviation later
  double colour = 2.0;        ///< the noise's power falls with frequency to the power of this
  double decay = 1.25;        ///< samples of an iteration over those of the next
  double kept = 0.3;          ///< share of the elites that are candidates again
  double momentum = 0.1;      ///< share of the mean and deviation before in those after

  static const ConfigDescription<ICemConfig>& Describe();
  bool operator==(const ICemConfig&) const = default;
};

/// Planner "mppi": model-predictive path integral control. [plan] mppi.KEY.
struct MppiConfig {
  int samples = 128;  ///< action sequences an iteration
  int iterations = 3;
  double noise = 0.8;        ///< standard deviation
  double noise_decay = 0.7;  ///< of the noise, from one iteration to the next
  double correlation = 0.7;  ///< of the noise, from one action to the next
  double temperature = 0.1;  ///< in standard deviations of the costs

  static const ConfigDescription<MppiConfig>& Describe();
  bool operator==(const MppiConfig&) const = default;
};

/// Planner "random": the best of random action sequences. [plan] random.KEY.
struct RandomShootingConfig {
  int samples = 128;  ///< action sequences an iteration
  int iterations = 5;
  double noise = 0.8;        ///< standard deviation
  double correlation = 0.7;  ///< of the noise, from one action to the next

  static const ConfigDescription<RandomShootingConfig>& Describe();
  bool operator==(const RandomShootingConfig&) const = default;
};

/// Planner "tree": a beam through a tree of motor primitives. [plan] tree.KEY.
struct TreeSearchConfig {
  int hold = 2;    ///< actions that a primitive lasts
  int width = 16;  ///< paths that are followed further

  static const ConfigDescription<TreeSearchConfig>& Describe();
  bool operator==(const TreeSearchConfig&) const = default;
};

/// How actions are searched for: [plan] of a task file.
struct PlannerConfig {
  std::string planner = "cem";  ///< PlannerNames()
  int horizon = 8;              ///< actions
  double budget_ms = 0;         ///< ms of a plan, then the best so far; 0: no limit

  GradientPlannerConfig gradient;
  GraspConfig grasp;
  CemConfig cem;
  ICemConfig icem;
  MppiConfig mppi;
  RandomShootingConfig random;
  TreeSearchConfig tree;

  static const ConfigDescription<PlannerConfig>& Describe();
  /// Limits of single fields and what must hold between them. Throws UserError naming `where` and
  /// the key.
  void Validate(const std::string& where) const;

  bool operator==(const PlannerConfig&) const = default;
};

}  // namespace peekaboo::agent
