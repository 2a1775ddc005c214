#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "lab/battery.h"
#include "lab/probing.h"
#include "lab/results.h"
#include "lab/summary.h"

namespace peekaboo::app {

/// What `voe` and `demo` examine.
struct Examination {
  std::vector<std::string> models;  ///< safetensors; several (seeds) count as one column, averaged
  std::vector<std::string> pixels;  ///< pixel baselines to examine beside them
  int untrained = 5;                ///< networks of the same shape that learned nothing
  lab::BatteryOptions battery;
  std::optional<lab::ProbingOptions> probing = lab::ProbingOptions();
  std::string out;  ///< directory: voe.json, probes.json, report.html
  std::string run;  ///< directory of the training, for its curves; empty: none
};

/// Examines, writes voe.json and probes.json, then the report. Throws UserError.
lab::Summary Examine(const Examination& examination, const std::atomic<bool>& stop, bool quiet);

/// report.html from what the directory holds.
void WriteReportOf(const std::string& directory, const std::string& run);

/// The table of concepts on stdout, people's or machines'.
void PrintSummary(const lab::Summary& summary, bool json);

/// models/infant.safetensors of the source tree, or $PEEKABOO_MODEL.
std::string DefaultModel();

}  // namespace peekaboo::app
