#include "lab/battery/battery.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/check.h"
#include "base/error.h"
#include "lab/battery/scoring.h"
#include "sim/scene/stage.h"

namespace fs = std::filesystem;

namespace peekaboo::lab {
namespace {

/// Films shown in one call: enough for large matrix products.
constexpr int kClipsAtOnce = 32;

SceneResult Describe(const sim::Scene& scene, sim::Split split) {
  SceneResult result;
  const std::string prefix = "voe/";
  result.name = scene.name.rfind(prefix, 0) == 0 ? scene.name.substr(prefix.size()) : scene.name;
  result.concept_name = scene.concept_name.empty() ? result.name : scene.concept_name;
  result.title = scene.title;
  result.source = scene.source;
  if (scene.age.size() == 2) {
    result.age_low = scene.age[0];
    result.age_high = scene.age[1];
  }
  result.split = split;
  result.fingerprint = scene.fingerprint;
  for (size_t i = 0; i < scene.members.size(); ++i) {
    const sim::Member& member = scene.members[i];
    std::string like;
    if (member.impossible) like = member.splice.empty() ? member.like : member.splice.front();
    result.members.push_back({member.name, member.impossible, like});
  }
  return result;
}

/// Shows films to all subjects, several sets at once, and files their scores.
class ScoringBatch {
 public:
  ScoringBatch(const BatteryOptions& options, const std::vector<std::unique_ptr<Subject>>& subjects,
               std::span<const int> horizons, SceneResult* result)
      : options_(options), subjects_(subjects), horizons_(horizons), result_(result) {}

  void Add(int set, const MatchedSet& films) {
    const int frames = films.films.front().frames;
    if (!rows_.empty() && frames != frames_) Flush();
    frames_ = frames;
    for (size_t m = 0; m < films.films.size(); ++m) {
      FilmScore score;
      score.set = set;
      score.member = static_cast<int>(m);
      score.event_frame = films.violation_frames[m];
      score.seed = options_.seed;
      rows_.push_back(std::move(score));
      pixels_.insert(pixels_.end(), films.films[m].pixels.begin(), films.films[m].pixels.end());
    }
    if (rows_.size() >= kClipsAtOnce) Flush();
  }

  void Flush() {
    if (rows_.empty()) return;
    const int clips = static_cast<int>(rows_.size());
    for (size_t e = 0; e < subjects_.size(); ++e) {
      const auto seen = subjects_[e]->Perceive(pixels_, clips, frames_);
      for (int i = 0; i < clips; ++i) {
        const auto scores = ScoreClip(seen, i, horizons_);
        rows_[i].scores.insert(rows_[i].scores.end(), scores.begin(), scores.end());
        if (rows_[i].set < options_.examples) {
          result_->examples.push_back({rows_[i].set, rows_[i].member, static_cast<int>(e),
                                       SurpriseCurve(seen, i, horizons_, options_.primary)});
        }
      }
    }
    for (FilmScore& row : rows_) result_->films.push_back(std::move(row));
    rows_.clear();
    pixels_.clear();
  }

 private:
  const BatteryOptions& options_;
  const std::vector<std::unique_ptr<Subject>>& subjects_;
  std::span<const int> horizons_;
  SceneResult* result_;
  std::vector<FilmScore> rows_;
  std::vector<uint8_t> pixels_;
  int frames_ = 0;
};

using Scenes = std::vector<std::shared_ptr<const sim::Scene>>;

/// Throws UserError for a scene that gives no scores, names what its stage does not have or does
/// not fit into results, and for two that results could not tell apart.
Scenes LoadMatchedSets(const std::vector<std::string>& names, int longest_horizon) {
  Scenes scenes;
  std::vector<std::string> taken;
  for (const std::string& name : names) {
    auto scene = sim::LoadScene(sim::FindScene(name));
    if (scene->members.empty())
      throw UserError(scene->path, "has no [[member]]: it is not a matched set");
    if (scene->frames <= longest_horizon) {
      throw UserError(scene->path,
                      fmt::format("frames: {} are too few for a model that predicts {} ahead",
                                  scene->frames, longest_horizon));
    }
    sim::Stage::Load(scene->model)->Check(*scene);
    const SceneResult description = Describe(*scene, sim::Split::kSeen);
    CheckDescription(scene->path, description);
    for (size_t i = 0; i < taken.size(); ++i) {
      if (taken[i] == description.name)
        throw UserError(scene->path, fmt::format("is called '{}' in results, as is {}", taken[i],
                                                 scenes[i]->path));
    }
    taken.push_back(description.name);
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

const SceneResult* Find(const VoeResults& results, const SceneResult& scene) {
  for (const SceneResult& other : results.scenes) {
    if (other.name == scene.name && other.split == scene.split) return &other;
  }
  return nullptr;
}

/// The scene as `before` has it whole, if its file is the same; null if not.
const SceneResult* FindFinished(const VoeResults& before, const SceneResult& wanted, int sets) {
  const SceneResult* scene = Find(before, wanted);
  const bool same = scene && scene->fingerprint == wanted.fingerprint && scene->SetCount() == sets;
  return same ? scene : nullptr;
}

}  // namespace

std::vector<std::string> AllVoeScenes() {
  const fs::path root =
      fs::absolute(sim::FindScene("nursery/nursery.toml")).parent_path().parent_path();
  const fs::path folder = root / "voe";
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path().string());
  }
  if (paths.empty()) throw UserError(folder.string(), "holds no scenes to examine");
  std::sort(paths.begin(), paths.end());
  return paths;
}

VoeResults BeginResults(const BatteryOptions& options,
                        const std::vector<std::unique_ptr<Subject>>& subjects,
                        std::span<const int> horizons) {
  VoeResults results;
  results.created_by = options.created_by;
  results.commit = options.commit;
  results.build = options.build;
  results.machine = options.machine;
  results.precision = options.precision;
  results.seed = options.seed;
  results.variants = VariantNames(horizons);
  results.primary_variant = options.primary;
  if (std::find(results.variants.begin(), results.variants.end(), options.primary) ==
      results.variants.end()) {
    throw UserError("primary", fmt::format("'{}' is not a way to score", options.primary));
  }
  for (const auto& subject : subjects) results.models.push_back(subject->who());
  return results;
}

bool SameExamination(const VoeResults& a, const VoeResults& b) {
  return a.models == b.models && a.variants == b.variants && a.seed == b.seed &&
         a.primary_variant == b.primary_variant && a.created_by == b.created_by &&
         a.build == b.build && a.precision == b.precision;
}

std::optional<VoeResults> RunBattery(const BatteryOptions& options,
                                     const std::vector<std::unique_ptr<Subject>>& subjects,
                                     std::span<const int> horizons, const BatteryObserver& observer,
                                     const VoeResults& earlier) {
  if (options.sets < 1) throw UserError("sets", "must be at least 1");
  VoeResults results = BeginResults(options, subjects, horizons);
  const VoeResults nothing;
  const VoeResults& before = SameExamination(earlier, results) ? earlier : nothing;
  for (size_t i = 0; i < options.splits.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (options.splits[i] == options.splits[j])
        throw UserError("splits", fmt::format("'{}' stands twice", SplitName(options.splits[i])));
    }
  }
  const auto scenes = LoadMatchedSets(options.scenes.empty() ? AllVoeScenes() : options.scenes,
                                      *std::max_element(horizons.begin(), horizons.end()));
  const auto elapsed = [start = std::chrono::steady_clock::now()] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const int64_t total = static_cast<int64_t>(scenes.size() * options.splits.size()) * options.sets;
  int64_t done = 0;
  for (const auto& scene : scenes) {
    for (const sim::Split split : options.splits) {
      if (FindFinished(before, Describe(*scene, split), options.sets)) done += options.sets;
    }
  }
  if (observer.begin) observer.begin(done, total);
  for (const auto& scene : scenes) {
    for (const sim::Split split : options.splits) {
      SceneResult result = Describe(*scene, split);
      if (const SceneResult* finished = FindFinished(before, result, options.sets)) {
        results.scenes.push_back(*finished);
        results.seconds = std::max(results.seconds, before.seconds);
        continue;
      }
      ScoringBatch batch(options, subjects, horizons, &result);
      bool stopped = false;
      MakeMatchedSets(scene, split, options.seed, options.sets, options.threads,
                      [&](int64_t set, const MatchedSet& films) {
                        if (observer.example && set < options.examples) {
                          for (size_t m = 0; m < films.films.size(); ++m)
                            observer.example(result, *scene, static_cast<int>(m), films.films[m]);
                        }
                        batch.Add(static_cast<int>(set), films);
                        stopped =
                            observer.progress && !observer.progress(result.name, ++done, total);
                        return !stopped;
                      });
      if (stopped) return std::nullopt;
      batch.Flush();
      results.scenes.push_back(std::move(result));
      if (observer.finished_scene) {
        VoeResults so_far = results;
        so_far.seconds += elapsed();
        for (const SceneResult& scene : before.scenes) {
          if (!Find(so_far, scene)) so_far.scenes.push_back(scene);
        }
        observer.finished_scene(so_far);
      }
    }
  }
  results.seconds += elapsed();
  return results;
}

}  // namespace peekaboo::lab
