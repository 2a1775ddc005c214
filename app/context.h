#pragma once

#include "app/build.h"
#include "app/options.h"
#include "app/stop.h"
#include "lab/experiment/experiment.h"

namespace peekaboo::app {

/// For an experiment of this program that Ctrl-C stops.
inline lab::ExperimentContext Context(const StopOnInterrupt& stop, const CommonOptions& options) {
  return {{BuildName(), BuildCommit()}, stop.requested(), options.quiet};
}

}  // namespace peekaboo::app
