#pragma once

#include <string>
#include <vector>

#include "lab/probing.h"
#include "lab/report.h"

namespace peekaboo::lab {

/// Probe readings of the trained and the untrained network, as `probes.json` keeps them.
struct ProbeResults {
  std::vector<ProbeReading> trained, untrained;
};
void SaveProbes(const std::string& path, const ProbeResults& probes);
/// Throws UserError naming file and key.
ProbeResults LoadProbes(const std::string& path);

/// Everything that a report of an examination shows: its results, from its directory
/// `probes.json` if there is one, and `metrics.jsonl` of the training in `run` (may be empty). The
/// films of the example sets are made anew from their seeds. Needs GL. Throws UserError.
ReportInput AssembleReport(VoeResults results, const std::string& directory,
                           const std::string& run);

}  // namespace peekaboo::lab
