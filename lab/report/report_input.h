#pragma once

#include <string>
#include <vector>

#include "lab/battery/probing.h"
#include "lab/report/report.h"

namespace peekaboo::lab {

/// Probe readings of the trained and the untrained networks (means over several), as `probes.json`
/// keeps them.
struct ProbeResults {
  std::vector<ProbeReading> trained, untrained;
};
void SaveProbes(const std::string& path, const ProbeResults& probes);
/// Throws UserError naming file and key.
ProbeResults LoadProbes(const std::string& path);

/// Throws UserError unless a training was begun in that directory.
void CheckTrainingFolder(const std::string& directory);

/// Everything that a report of an examination shows: its results, from its directory `probes.json`,
/// the strips of the example films (media.h) and the tasks that were acted in (acting_files.h) as
/// far as they are there, and `metrics.jsonl` of the training in `run`; without one, of the
/// training that the results name, if it is still there. Throws UserError.
ReportInput AssembleReport(VoeResults results, const std::string& directory,
                           const std::string& run);

/// report.html from what the directory holds: an examination, tasks that were acted in, or both.
/// `run`: folder of the training; empty: what voe.json names. Throws UserError.
void WriteReportOf(const std::string& directory, const std::string& run);

}  // namespace peekaboo::lab
