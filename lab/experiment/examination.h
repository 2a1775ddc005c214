#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/battery/battery.h"
#include "lab/battery/probing.h"
#include "lab/experiment/experiment.h"
#include "lab/statistics/results.h"
#include "lab/statistics/summary.h"

namespace peekaboo::lab {

/// What `voe` and `demo` examine.
struct Examination {
  std::vector<std::string> models;  ///< safetensors; several (seeds) count as one column, averaged
  std::vector<std::string> pixels;  ///< pixel baselines to examine beside them
  std::string precision = "auto";   ///< of the networks' products, as ModelConfig::precision
  int untrained = 5;                ///< networks of the same shape that learned nothing
  BatteryOptions battery;
  std::optional<ProbingOptions> probing = ProbingOptions();
  std::string out;  ///< directory: voe.json, probes.json, media/, report.html
  std::string run;  ///< directory of the training, for its curves; empty: none
};

/// Examines, writes voe.json, probes.json and the example films, then the report. Nothing if it was
/// stopped: what was finished lies in voe.partial.json, and the same examination goes on
/// there. Throws UserError.
std::optional<Summary> Examine(const Examination& examination, const ExperimentContext& context);

}  // namespace peekaboo::lab
