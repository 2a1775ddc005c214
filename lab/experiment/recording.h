#pragma once

#include <cstdint>
#include <string>

#include "lab/experiment/experiment.h"
#include "sim/episode/recorder.h"

namespace peekaboo::lab {

/// Records into `path`, going on where the file ends if it holds the beginning of this recording.
/// Returns how many episodes the file holds; fewer than wanted if it was stopped. Throws
/// UserError if the file holds something else.
int64_t RecordToFile(const sim::RecordOptions& options, const std::string& path,
                     const ExperimentContext& context);

}  // namespace peekaboo::lab
