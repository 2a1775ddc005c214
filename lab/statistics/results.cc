#include "lab/statistics/results.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace fs = std::filesystem;

namespace peekaboo::lab {
namespace {

class Checker {
 public:
  Checker(const std::string& where, const VoeResults& results) : where_(where), results_(results) {}

  void Check() const {
    CheckHeader();
    std::set<std::pair<std::string, Split>> names;
    for (size_t i = 0; i < results_.scenes.size(); ++i) {
      const SceneResult& scene = results_.scenes[i];
      const std::string at = "scenes[" + std::to_string(i) + "]";
      if (!names.emplace(scene.name, scene.split).second) {
        Fail(at + ".name", "scene " + scene.name + " stands twice in one split");
      }
      CheckScene(at, scene);
    }
  }

 private:
  [[noreturn]] void Fail(const std::string& at, const std::string& what) const {
    throw UserError(where_, at + ": " + what);
  }

  void CheckHeader() const {
    const auto& variants = results_.variants;
    if (variants.empty()) Fail("variants", "is empty");
    if (std::set<std::string>(variants.begin(), variants.end()).size() != variants.size()) {
      Fail("variants", "has a name twice");
    }
    if (std::find(variants.begin(), variants.end(), results_.primary_variant) == variants.end()) {
      Fail("primary_variant", "is not one of the variants");
    }
    if (!(results_.seconds >= 0)) Fail("seconds", "is not a duration");
    std::set<std::string> names;
    for (const ResultModel& model : results_.models) {
      if (model.name.empty() || !names.insert(model.name).second) {
        Fail("models", "every model needs a name of its own");
      }
    }
    if (names.empty()) Fail("models", "is empty");
  }

  void CheckScene(const std::string& at, const SceneResult& scene) const {
    CheckDescription(where_ + ": " + at, scene);
    CheckFilms(at, scene);
    for (size_t i = 0; i < scene.examples.size(); ++i) {
      const ExampleCurve& example = scene.examples[i];
      const std::string here = at + ".examples[" + std::to_string(i) + "]";
      CheckIndex(here + ".set", example.set, scene.SetCount());
      CheckIndex(here + ".member", example.member, scene.members.size());
      CheckIndex(here + ".model", example.model, results_.models.size());
    }
  }

  void CheckFilms(const std::string& at, const SceneResult& scene) const {
    const size_t members = scene.members.size();
    if (scene.films.empty()) Fail(at + ".films", "is empty");
    if (scene.films.size() % members != 0) Fail(at + ".films", "the last set is not complete");
    const size_t sets = scene.films.size() / members;
    std::vector<bool> seen(scene.films.size(), false);
    std::vector<uint64_t> seeds(sets);
    for (size_t i = 0; i < scene.films.size(); ++i) {
      const FilmScore& film = scene.films[i];
      const std::string here = at + ".films[" + std::to_string(i) + "]";
      CheckIndex(here + ".set", film.set, sets);
      CheckIndex(here + ".member", film.member, members);
      if (film.event_frame < -1) Fail(here + ".event_frame", "is not a frame");
      if (film.scores.size() != results_.models.size() * results_.variants.size()) {
        Fail(here + ".scores", "needs one number for each model and variant");
      }
      const size_t slot = film.set * members + film.member;
      if (seen[slot]) Fail(here, "stands twice in its set");
      seen[slot] = true;
      const size_t first = film.set * members;
      const auto begin = seen.begin() + static_cast<int64_t>(first);
      const bool only = std::count(begin, begin + static_cast<int64_t>(members), true) == 1;
      if (!only && seeds[film.set] != film.seed) Fail(here + ".seed", "differs within its set");
      seeds[film.set] = film.seed;
    }
  }

  void CheckIndex(const std::string& at, int64_t index, size_t count) const {
    if (index < 0 || static_cast<size_t>(index) >= count) {
      Fail(at, std::to_string(index) + " is not below " + std::to_string(count));
    }
  }

  const std::string& where_;
  const VoeResults& results_;
};

}  // namespace

const char* ModelKindName(ModelKind kind) {
  switch (kind) {
    case ModelKind::kTrained:
      return "trained";
    case ModelKind::kUntrained:
      return "untrained";
    case ModelKind::kPixel:
      return "pixel";
    case ModelKind::kFrameDifference:
      return "frame_difference";
  }
  PEEKABOO_CHECK(false && "unknown model kind");
}

int SceneResult::SetCount() const {
  return members.empty() ? 0 : static_cast<int>(films.size() / members.size());
}

int VoeResults::PrimaryVariant() const {
  const auto found = std::find(variants.begin(), variants.end(), primary_variant);
  PEEKABOO_CHECK(found != variants.end());
  return static_cast<int>(found - variants.begin());
}

void CheckResults(const std::string& where, const VoeResults& results) {
  Checker(where, results).Check();
}

void CheckDescription(const std::string& where, const SceneResult& scene) {
  if (scene.name.empty()) throw UserError(where, "name: is empty");
  // Films of examples are kept below a folder under this name.
  const fs::path name(scene.name);
  if (name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end())
    throw UserError(where, "name: leads out of the folder");
  if (scene.concept_name.empty()) throw UserError(where, "concept: is empty");
  if (!(scene.age_low >= 0 && scene.age_low <= scene.age_high && scene.age_high < 1200))
    throw UserError(where, "age: is not a range of months");
  std::set<std::string> possible, names;
  for (const ResultMember& member : scene.members) {
    if (member.name.empty() || !names.insert(member.name).second)
      throw UserError(where, "members: every member needs a name of its own");
    if (!member.impossible) possible.insert(member.name);
  }
  if (possible.empty() || possible.size() == names.size())
    throw UserError(where, "members: needs both possible and impossible ones");
  for (const ResultMember& member : scene.members) {
    if (member.impossible ? !possible.contains(member.like) : !member.like.empty()) {
      throw UserError(where,
                      "members: an impossible member is `like` a possible one, a possible member "
                      "like none");
    }
  }
}

}  // namespace peekaboo::lab
