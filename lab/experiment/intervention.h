#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "lab/experiment/experiment.h"
#include "lab/statistics/statistics.h"

namespace peekaboo::lab {

/// Is an intervention predicted, and only that? The second rung of the ladder of causation (Pearl
/// 2009): the same situation is lived on twice, once with the actions of play and once with the
/// body at rest, and imagined on twice. Where the two lived futures differ in a patch of the
/// picture, the imagined ones shall differ likewise; elsewhere they shall not differ at all.
struct InterventionOptions {
  std::string scene = "play/table";  ///< with a [play] that acts, name or path
  std::string model;                 ///< weights
  int64_t situations = 500;
  int actions = 8;  ///< of each future
  uint64_t seed = 0;
  int threads = 1;
};

/// How wrong the imagined change of latents is, squared and per patch, in units of the true change
/// of a patch that is touched.
struct InterventionScore {
  double touched = 0;    ///< in patches in which the pictures differ; saying "no change": 1
  double untouched = 0;  ///< in those in which they are the same
  /// Of saying "no change" there: the encoder sees beyond a patch.
  double untouched_copy = 0;
  Interval touched_interval, untouched_interval;  ///< 95%, bootstrap over situations
};

/// By number of actions, 1 to InterventionOptions::actions.
struct InterventionOutcome {
  std::vector<InterventionScore> model,
      untrained;           ///< the latter of the same shape, with latents of its own
  int64_t situations = 0;  ///< that were seen
};

/// Throws UserError for a scene in which nobody plays and a model that cannot act there.
InterventionOutcome RunIntervention(const InterventionOptions& options,
                                    const ExperimentContext& context);

/// The table that people read, and the same as JSON.
std::string InterventionTable(const InterventionOutcome& outcome);
std::string InterventionJson(const InterventionOptions& options, const InterventionOutcome& outcome,
                             const ExperimentContext& context);

}  // namespace peekaboo::lab
