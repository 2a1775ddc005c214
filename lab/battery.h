#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lab/examinee.h"
#include "lab/matched_set.h"
#include "lab/results.h"

namespace peekaboo::lab {

/// The primary way to score, fixed on the `dev` split (docs/experiments.md) before anything is
/// reported.
inline constexpr const char* kPrimaryVariant = "error_k8_mean";

struct BatteryOptions {
  std::vector<std::string> scenes;  ///< names or paths; empty: every file below scenes/voe
  std::vector<sim::Split> splits = {sim::Split::kSeen, sim::Split::kNovel};
  int sets = 200;  ///< a scene and split
  uint64_t seed = 0;
  int threads = 0;  ///< that make films; 0: one a core
  std::string primary = kPrimaryVariant;
  int examples = 1;  ///< sets of each scene and split whose curves are kept
};

/// Called on the caller's thread as sets are examined. Returns false to stop early, which throws
/// UserError.
using BatteryProgress = std::function<bool(const std::string& scene, int64_t done, int64_t total)>;

/// Every scene file below scenes/voe, by name, in order.
std::vector<std::string> AllVoeScenes();

/// Shows matched sets to every examinee and scores them. Perception runs on the caller's thread.
/// The same options give the same results, whatever the number of threads.
VoeResults RunBattery(const BatteryOptions& options,
                      const std::vector<std::unique_ptr<Examinee>>& examinees,
                      std::span<const int> horizons, const BatteryProgress& progress);

}  // namespace peekaboo::lab
