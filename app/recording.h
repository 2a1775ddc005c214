#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "sim/episode/recorder.h"

namespace peekaboo::app {

/// Records into `path`, going on where the file ends if it holds the beginning of this recording.
/// Returns how many episodes the file holds; fewer than wanted if `stop` was requested. Throws
/// UserError if the file holds something else.
int64_t RecordToFile(const sim::RecordOptions& options, const std::string& path,
                     const std::atomic<bool>& stop, bool quiet);

}  // namespace peekaboo::app
