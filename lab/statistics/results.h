#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scene/scene.h"

/// The answers of a battery of violation-of-expectation experiments: what `voe.json` holds. Plain
/// data; summary.h turns it into the numbers that are reported.
namespace peekaboo::lab {

struct Summary;

/// Which draws a scene was made from: the nursery's own distribution with fresh seeds, factors
/// never drawn in training, or the split on which variants are chosen.
using sim::Split;
using sim::SplitName;  // "seen", "novel", "dev", "dev_novel"
/// The network under test and the nulls that it must beat.
enum class ModelKind { kTrained, kUntrained, kPixel, kFrameDifference };

const char* ModelKindName(ModelKind kind);  ///< "trained", "untrained", "pixel", "frame_difference"

/// One network that was examined.
struct ResultModel {
  std::string name;
  ModelKind kind = ModelKind::kTrained;
  uint64_t seed = 0;
  std::string file = {};        ///< as it was given; empty for those that learned nothing
  uint64_t fingerprint = 0;     ///< of the file's bytes
  int64_t steps = 0;            ///< of training
  double training_seconds = 0;  ///< wall time of them

  bool operator==(const ResultModel&) const = default;
};

/// One film of every matched set.
struct ResultMember {
  std::string name;
  bool impossible = false;
  std::string like;  ///< of an impossible member: the possible member with the same beginning
};

/// One film and what every model thought of it.
struct FilmScore {
  int set = 0;           ///< index of the matched set in its scene
  int member = 0;        ///< index into the scene's members
  int event_frame = -1;  ///< first frame that differs from its twin's; -1 if nothing happens
  uint64_t seed = 0;     ///< seed of the set: with the scene file it replays the film
  /// [models, variants]; NaN when a model gave no finite answer, which counts as wrong.
  std::vector<float> scores;
};

/// Surprise over time of one film, for drawing.
struct ExampleCurve {
  int set = 0;
  int member = 0;
  int model = 0;
  std::vector<float> surprise;  ///< [T]; NaN before the first prediction
};

/// One scene in one split.
struct SceneResult {
  std::string name;          ///< "permanence/roll"
  std::string concept_name;  ///< "permanence"
  std::string title;
  std::string source;   ///< the classical study
  double age_low = 0;   ///< months at which infants begin to look longer
  double age_high = 0;  ///< months at which all of them do
  Split split = Split::kSeen;
  std::vector<ResultMember> members;
  std::vector<FilmScore> films;  ///< every member of every set once, in any order
  std::vector<ExampleCurve> examples;
  uint64_t fingerprint = 0;  ///< sim::Scene::fingerprint

  int SetCount() const;
};

/// What an examination found: voe.json.
struct VoeResults {
  std::string created_by;  ///< program and version
  uint64_t seed = 0;
  std::string commit;
  std::string build;  ///< fingerprint of the program, which a commit with changes on top is not
  std::string machine;
  std::string precision;  ///< of the networks' matrix products; empty in older files
  double seconds = 0;     ///< wall time of the battery
  std::string run;  ///< directory of the training, seen from that of the results; may be empty
  std::vector<std::string> variants;  ///< ways to score a film
  std::string primary_variant;        ///< the one named before the battery ran
  std::vector<ResultModel> models;
  std::vector<SceneResult> scenes;

  /// Index of primary_variant in variants.
  int PrimaryVariant() const;
  float Score(const FilmScore& film, int model, int variant) const {
    return film.scores[static_cast<size_t>(model) * variants.size() + variant];
  }
};

/// Throws UserError(where, ...) naming the place ("scenes[2].films[17]: ...") unless everything
/// fits together: names are there and unique, indices are in range, each impossible member is like
/// a possible one, every set is complete, and each film has a score for each model and variant.
void CheckResults(const std::string& where, const VoeResults& results);
/// Throws UserError(where, ...) unless results can hold the scene: its names, age and members.
void CheckDescription(const std::string& where, const SceneResult& scene);

/// Reads `voe.json`, which may be anything: UserError with the file and the key or byte offset.
VoeResults LoadResults(const std::string& path);

/// Checks and writes it atomically, with the summary (see summary.h) beside the raw scores for
/// those who read JSON and not C++: Summarise(results), which a caller that has it already gives.
/// The same results give the same bytes.
void SaveResults(const std::string& path, const VoeResults& results,
                 const Summary* summary = nullptr);
/// The same without a summary: what there is of a battery that goes on.
void SaveUnfinished(const std::string& path, const VoeResults& results);

}  // namespace peekaboo::lab
