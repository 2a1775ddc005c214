#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/experiment/experiment.h"
#include "lab/statistics/summary.h"

namespace peekaboo::lab {

/// The whole story: films of a nursery, an infant and a pixel baseline that learn from them, their
/// examination and its report.
struct DemoOptions {
  std::vector<std::string> settings;  ///< as ApplySettings takes them, of infant and baseline
  bool quick = false;                 ///< in two minutes, with a model that has hardly learned
  uint64_t seed = 0;
  int threads = 0;  ///< 0: one a core
  std::string out;  ///< folder
};

/// Prints on stdout what it is at. Nothing if it was stopped: the same demo goes on where it was.
/// Throws UserError.
std::optional<Summary> RunDemo(const DemoOptions& options, const ExperimentContext& context);

}  // namespace peekaboo::lab
