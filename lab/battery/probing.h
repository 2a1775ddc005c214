#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/battery/subject.h"

namespace peekaboo::lab {

/// ProbeReading::quantity of the one reading that has a bar to reach.
inline constexpr const char* kHiddenPresence = "something is behind the screen";

/// How many films the probes are fitted on and tested with.
struct ProbingOptions {
  int films = 480;  ///< nursery films, for what is visible; half to fit, half to test
  int sets = 200;   ///< matched sets of permanence/roll, for what is hidden and what it is; so too
  uint64_t seed = 0;
  int threads = 0;
};

/// What a straight line reads out of one subject.
struct ProbeReading {
  std::string quantity;   ///< "place, left to right"
  std::string condition;  ///< "visible, from the latent"
  std::string measure;    ///< "R²" or "balanced accuracy"
  double value = 0;
  double chance = 0;
  int64_t rows = 0;  ///< test frames
};

/// Fits linear probes on frames labelled by the simulator and tests them on other films: whether
/// there is something behind the screen, where the ball is in the picture and how fast it moves
/// there, its colour and shape; while it is visible and while it is hidden, from latent and memory.
/// One list a network, all in the same order; labels are never used in training. Perception runs on
/// the caller's thread, as does `progress`, which may be empty and returns false to stop: the
/// answer is then empty.
std::vector<std::vector<ProbeReading>> RunProbes(
    const ProbingOptions& options, const std::vector<const Subject*>& subjects,
    const std::function<bool(int64_t done, int64_t total)>& progress);

/// Reading by reading, the mean over networks. `readings` as RunProbes gives them; empty if it is.
std::vector<ProbeReading> MeanReadings(const std::vector<std::vector<ProbeReading>>& readings);

}  // namespace peekaboo::lab
