#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/battery/matched_set.h"
#include "lab/battery/subject.h"
#include "lab/statistics/results.h"

namespace peekaboo::lab {

/// The primary way to score, fixed on the `dev` split (docs/experiments.md) before anything is
/// reported.
inline constexpr const char* kPrimaryVariant = "error_k8_mean";

/// What is examined, and on how many films.
struct BatteryOptions {
  std::vector<std::string> scenes;  ///< names or paths; empty: every file below scenes/voe
  std::vector<sim::Split> splits = {sim::Split::kSeen, sim::Split::kNovel};
  int sets = 200;  ///< a scene and split
  uint64_t seed = 0;
  int threads = 0;  ///< that make films; 0: one a core
  std::string primary = kPrimaryVariant;
  int examples = 1;  ///< sets of each scene and split whose curves and films are kept
  std::string created_by, commit, build, machine, precision;  ///< for VoeResults
};

/// What a caller may want to know on the way; any of them may be empty. On the caller's thread.
struct BatteryObserver {
  /// Before the first set, with how many of all an earlier call has done.
  std::function<void(int64_t done, int64_t total)> begin;
  /// After each set. Returns false to stop.
  std::function<bool(const std::string& scene, int64_t done, int64_t total)> progress;
  /// Every film of the example sets.
  std::function<void(const SceneResult& result, const sim::Scene& scene, int member,
                     const sim::Episode& film)>
      example;
  /// After each scene and split: what there is so far, of the earlier call too.
  std::function<void(const VoeResults& so_far)> finished_scene;
};

/// The paths of all scene files below scenes/voe, in order. Throws UserError if there are none.
std::vector<std::string> AllVoeScenes();

/// Everything that results of these options say about themselves but for what was scored. Throws
/// UserError if the primary variant is none.
VoeResults BeginResults(const BatteryOptions& options,
                        const std::vector<std::unique_ptr<Subject>>& subjects,
                        std::span<const int> horizons);
/// The same models, seed, ways to score, program and MuJoCo: a scene of one has the scores that the
/// other would give it, if its file is the same.
bool SameExamination(const VoeResults& a, const VoeResults& b);

/// Shows matched sets to every subject and scores them. Perception runs on the caller's thread.
/// The same options give the same results, whatever the number of threads. `earlier` is what an
/// earlier call (SameExamination) had finished when it was stopped: scenes that are wanted again
/// are taken from it. Nothing if it was stopped. Throws UserError before the first film for scenes
/// that results could not hold or tell apart.
std::optional<VoeResults> RunBattery(const BatteryOptions& options,
                                     const std::vector<std::unique_ptr<Subject>>& subjects,
                                     std::span<const int> horizons,
                                     const BatteryObserver& observer = {},
                                     const VoeResults& earlier = {});

}  // namespace peekaboo::lab
