#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/examinee.h"

namespace peekaboo::lab {

struct ProbingOptions {
  int films = 480;  ///< nursery films for place; half to fit, half to test
  int sets = 200;   ///< matched sets of permanence/roll for hidden presence
  uint64_t seed = 0;
  int threads = 0;
};

/// What a straight line reads out of one examinee.
struct ProbeReading {
  std::string quantity;   ///< "place, left to right"
  std::string condition;  ///< "visible, from the latent"
  std::string measure;    ///< "R²" or "balanced accuracy"
  double value = 0;
  double chance = 0;
  int64_t rows = 0;  ///< test frames
};

/// Fits linear probes on frames labelled by the simulator and tests them on other films: where the
/// ball is in the picture (from latent and memory, while visible and while hidden), and whether
/// there is something behind the screen (from memory). One list a network, all in the same order;
/// labels are never used in training. Perception runs on the caller's thread, as does `progress`,
/// which may be empty and returns false to stop: the answer is then empty.
std::vector<std::vector<ProbeReading>> RunProbes(
    const ProbingOptions& options, const std::vector<const Examinee*>& examinees,
    const std::function<bool(int64_t done, int64_t total)>& progress);

/// Reading by reading, the mean over networks. `readings` as RunProbes gives them; empty if it is.
std::vector<ProbeReading> MeanReadings(const std::vector<std::vector<ProbeReading>>& readings);

}  // namespace peekaboo::lab
