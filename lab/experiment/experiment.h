#pragma once

#include <atomic>

#include "lab/experiment/provenance.h"

namespace peekaboo::lab {

/// Where an experiment runs: by which program, until when, and whether people watch. An experiment
/// that was stopped goes on when the same one is run again in the same folder.
struct ExperimentContext {
  Provenance provenance;
  const std::atomic<bool>& stop;  ///< asks it to stop where it can go on later
  bool quiet = false;             ///< no progress line on stderr
};

}  // namespace peekaboo::lab
