#pragma once

#include <cstdint>
#include <string>

#include "lab/experiment/experiment.h"

namespace peekaboo::lab {

/// How a model's readout (worldmodel::Readout) is fitted.
struct ReadoutOptions {
  std::string model;                ///< file
  std::string nursery = "nursery";  ///< scene or mixture of possible films
  int64_t films = 600;              ///< that the model is shown
  int decoder_steps = 1500;         ///< 0: the decoder stays untaught
  int threads = 1;
  uint64_t seed = 0;
};

/// What was fitted.
struct ReadoutFit {
  double threshold = 0;       ///< surprise from which on a moment is an alarm
  double variance_shown = 0;  ///< share of the latents' variance along the three axes
  size_t probes = 0;
};

/// Fits the readout of a model and writes it to `path`. Throws UserError, having written nothing,
/// for a model that cannot be read, a file that cannot be written, or if it was stopped.
ReadoutFit FitReadout(const ReadoutOptions& options, const std::string& path,
                      const ExperimentContext& context);

}  // namespace peekaboo::lab
