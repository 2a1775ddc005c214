#include "lab/battery/probing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "lab/battery/matched_set.h"
#include "sim/episode/recorder.h"
#include "sim/scene/draw.h"
#include "sim/world/hiding.h"
#include "worldmodel/readout/probe.h"

namespace peekaboo::lab {
namespace {

constexpr int kSeenPixels = 20;  // fewer are a sliver at the edge of a screen
constexpr int kClipsAtOnce = 32;
constexpr double kRidge = 1;    // docs/experiments.md: less overfits to what is hidden
constexpr size_t kFewest = 20;  // frames below which nothing is fitted or tested

enum Quantity { kThere, kX, kY, kSpeedX, kSpeedY, kColour, kShape, kQuantities };

enum class Films { kNursery, kRolling };
enum class Visibility { kVisible, kHidden };
enum class Source { kLatent, kMemory };

/// A line of the table: what is read out, from what, over which frames of which films.
struct Question {
  Quantity quantity;
  const char* name;
  Films films;
  Visibility visibility;
  Source source;
};

constexpr Question kQuestions[] = {
    {kThere, kHiddenPresence, Films::kRolling, Visibility::kHidden, Source::kMemory},
    {kX, "place, left to right", Films::kNursery, Visibility::kVisible, Source::kLatent},
    {kY, "place, up and down", Films::kNursery, Visibility::kVisible, Source::kLatent},
    {kX, "place, left to right", Films::kNursery, Visibility::kVisible, Source::kMemory},
    {kX, "place, left to right", Films::kRolling, Visibility::kHidden, Source::kMemory},
    {kX, "place, left to right", Films::kRolling, Visibility::kHidden, Source::kLatent},
    {kSpeedX, "speed, left to right", Films::kNursery, Visibility::kVisible, Source::kMemory},
    {kSpeedY, "speed, up and down", Films::kNursery, Visibility::kVisible, Source::kMemory},
    {kSpeedX, "speed, left to right", Films::kRolling, Visibility::kHidden, Source::kMemory},
    {kColour, "colour", Films::kRolling, Visibility::kVisible, Source::kLatent},
    {kColour, "colour", Films::kRolling, Visibility::kHidden, Source::kMemory},
    {kShape, "shape", Films::kRolling, Visibility::kVisible, Source::kLatent},
    {kShape, "shape", Films::kRolling, Visibility::kHidden, Source::kMemory},
};

/// What the simulator knows about a frame that is asked about. Object 0 is the ball.
struct Truth {
  int frame;
  Visibility
      visibility;  ///< hidden: fully covered, after it was seen and while it must still be there
  std::array<float, kQuantities> values;  ///< place and speed in the picture, words as numbers
};

/// Films take turns: to fit the probes, to test them.
enum Part { kFit, kTest, kParts };
Part PartOf(size_t index) { return index % 2 == 0 ? kFit : kTest; }

/// One film and the frames of it that are asked about.
struct LabelledFilm {
  const sim::Episode* film;
  Part part;
  std::vector<Truth> frames;
};

/// The ball's place and speed where it is seen, and where it is hidden.
std::vector<Truth> LookAt(const sim::Episode& film) {
  const size_t objects = film.present.size() / static_cast<size_t>(film.frames);
  const auto place = [&](int t, int axis) {
    return film.image_xy[static_cast<size_t>(t) * objects * 2 + axis];
  };
  std::vector<Truth> frames;
  sim::Hiding hiding;
  for (int t = 0; t < film.frames; ++t) {
    const int pixels = film.visible[static_cast<size_t>(t) * objects];
    const bool there = film.present[static_cast<size_t>(t) * objects] != 0;
    const bool visible = pixels > kSeenPixels;
    const bool hidden = hiding.Note({pixels, there, {place(t, 0), place(t, 1)}});
    if (t == 0 || (!visible && !hidden)) continue;  // speeds need the frame before
    Truth truth{t, visible ? Visibility::kVisible : Visibility::kHidden, {}};
    truth.values[kThere] = 1;
    for (const int axis : {0, 1}) {
      truth.values[kX + axis] = place(t, axis);
      truth.values[kSpeedX + axis] = place(t, axis) - place(t - 1, axis);
    }
    frames.push_back(truth);
  }
  return frames;
}

/// Films and their labels; the labels point into the films.
struct Material {
  std::vector<sim::Episode> nursery;
  std::vector<MatchedSet> rolling;
  std::vector<LabelledFilm> labelled[2];  ///< by Films
};

void FilmNursery(const ProbingOptions& options, Material* material) {
  const sim::SceneMixture nursery("nursery");
  sim::RecordOptions record;
  record.episodes = options.films;
  record.seed = options.seed;
  record.split = sim::Split::kDev;
  record.film.visible = true;
  record.threads = options.threads;
  material->nursery = sim::RecordInMemory(nursery, record);
  auto& labelled = material->labelled[static_cast<int>(Films::kNursery)];
  for (const sim::Episode& film : material->nursery)
    labelled.push_back({&film, PartOf(labelled.size()), LookAt(film)});
}

/// Which of its choices a factor has in this draw.
int IndexOfChoice(const sim::Scene& scene, const sim::Draw& draw, const std::string& key) {
  const auto factor = std::find_if(scene.vary.begin(), scene.vary.end(),
                                   [&](const sim::Factor& f) { return f.key == key; });
  PEEKABOO_CHECK(factor != scene.vary.end());
  const auto& choices = factor->distribution.choices;
  const auto drawn = std::find(choices.begin(), choices.end(), draw.at(key));
  PEEKABOO_CHECK(drawn != choices.end());
  return static_cast<int>(drawn - choices.begin());
}

/// A ball rolls past behind a screen, and the same with no ball: where it is hidden the pictures
/// are the same.
void FilmRolling(const ProbingOptions& options, Material* material) {
  const auto scene = sim::LoadScene(sim::FindScene("voe/permanence/roll"));
  const auto stage = sim::Stage::Load(scene->model);
  const uint64_t seed = options.seed ^ 0x5eed;
  MakeMatchedSets(scene, sim::Split::kDev, seed, options.sets, options.threads,
                  [&](int64_t, MatchedSet set) {
                    set.films.resize(2);  // "rolls past", "nothing there"
                    material->rolling.push_back(std::move(set));
                    return true;
                  });
  auto& labelled = material->labelled[static_cast<int>(Films::kRolling)];
  for (size_t s = 0; s < material->rolling.size(); ++s) {
    const MatchedSet& set = material->rolling[s];
    const Part part = PartOf(s);
    const sim::Draw draw =
        sim::DrawFactors(*stage, *scene, {sim::Split::kDev, seed, s, set.attempt});
    const auto colour = static_cast<float>(IndexOfChoice(*scene, draw, "ball.colour"));
    const auto shape = static_cast<float>(IndexOfChoice(*scene, draw, "ball.shape"));
    LabelledFilm with{&set.films[0], part, LookAt(set.films[0])};
    LabelledFilm without{&set.films[1], part, {}};
    for (Truth& truth : with.frames) {
      truth.values[kColour] = colour;
      truth.values[kShape] = shape;
      if (truth.visibility == Visibility::kHidden)
        without.frames.push_back({truth.frame, truth.visibility, {}});
    }
    labelled.push_back(std::move(with));
    labelled.push_back(std::move(without));
  }
}

/// What one subject made of the labelled frames, row by row.
struct Rows {
  std::vector<const Truth*> truth;
  std::vector<Part> part;
  std::vector<float> features[2];  ///< by Source: [rows, size]
  int size[2] = {0, 0};
};

Rows PerceiveAll(const Subject& subject, const std::vector<LabelledFilm>& films) {
  Rows rows;
  for (size_t first = 0; first < films.size(); first += kClipsAtOnce) {
    const size_t count = std::min<size_t>(kClipsAtOnce, films.size() - first);
    std::vector<uint8_t> pixels;
    for (size_t i = first; i < first + count; ++i)
      pixels.insert(pixels.end(), films[i].film->pixels.begin(), films[i].film->pixels.end());
    const int frames = films[first].film->frames;
    const auto seen = subject.Perceive(pixels, static_cast<int>(count), frames);
    const std::vector<float>* made[2] = {&seen.z, &seen.h};
    for (size_t i = 0; i < count; ++i) {
      for (const Truth& truth : films[first + i].frames) {
        rows.truth.push_back(&truth);
        rows.part.push_back(films[first + i].part);
        for (const int source : {0, 1}) {
          const size_t size = made[source]->size() / (count * static_cast<size_t>(frames));
          const auto row =
              made[source]->begin() + static_cast<ptrdiff_t>((i * frames + truth.frame) * size);
          auto& features = rows.features[source];
          features.insert(features.end(), row, row + static_cast<ptrdiff_t>(size));
          rows.size[source] = static_cast<int>(size);
        }
      }
    }
  }
  return rows;
}

/// The rows that a question is about, of films of one part.
struct Exercise {
  std::vector<float> features, targets;

  std::vector<int32_t> Labels() const { return {targets.begin(), targets.end()}; }
};

ProbeReading Answer(const Question& question, const Rows& rows) {
  const int source = static_cast<int>(question.source);
  const int size = rows.size[source];
  Exercise parts[kParts];
  float highest = 0;
  for (size_t r = 0; r < rows.truth.size(); ++r) {
    const Truth& truth = *rows.truth[r];
    if (truth.visibility != question.visibility) continue;
    if (question.quantity != kThere && truth.values[kThere] == 0) continue;
    Exercise& part = parts[rows.part[r]];
    const auto row = rows.features[source].begin() + static_cast<ptrdiff_t>(r) * size;
    part.features.insert(part.features.end(), row, row + size);
    part.targets.push_back(truth.values[question.quantity]);
    highest = std::max(highest, part.targets.back());
  }
  const auto& [fit, test] = parts;
  const int classes = std::max(2, static_cast<int>(highest) + 1);
  const bool is_number = question.quantity >= kX && question.quantity <= kSpeedY;
  ProbeReading reading{
      question.name,
      fmt::format("{}, from {}", question.visibility == Visibility::kHidden ? "hidden" : "visible",
                  question.source == Source::kLatent ? "the latent" : "memory"),
      is_number ? "R²" : "balanced accuracy",
      std::nan(""),
      is_number ? 0 : 1.0 / classes,
      static_cast<int64_t>(test.targets.size())};
  if (fit.targets.size() < kFewest || test.targets.size() < kFewest) return reading;
  if (is_number) {
    const auto probe = worldmodel::LinearProbe::Fit(fit.features, size, fit.targets, 1, kRidge);
    reading.value = worldmodel::RSquared(probe.Predict(test.features), test.targets, 1).front();
  } else {
    const auto classifier =
        worldmodel::LinearClassifier::Fit(fit.features, size, fit.Labels(), classes, kRidge);
    reading.value = worldmodel::ScoreClassifier(classifier.Predict(test.features), test.Labels())
                        .balanced_accuracy;
  }
  return reading;
}

}  // namespace

std::vector<std::vector<ProbeReading>> RunProbes(
    const ProbingOptions& options, const std::vector<const Subject*>& subjects,
    const std::function<bool(int64_t done, int64_t total)>& progress) {
  const auto total = static_cast<int64_t>(subjects.size()) + 2;
  int64_t done = 0;
  const auto go_on = [&] { return !progress || progress(done++, total); };
  Material material;
  if (!go_on()) return {};
  FilmNursery(options, &material);
  if (!go_on()) return {};
  FilmRolling(options, &material);
  std::vector<std::vector<ProbeReading>> readings;
  for (const Subject* subject : subjects) {
    if (!go_on()) return {};
    const Rows rows[2] = {PerceiveAll(*subject, material.labelled[0]),
                          PerceiveAll(*subject, material.labelled[1])};
    auto& mine = readings.emplace_back();
    for (const Question& question : kQuestions)
      mine.push_back(Answer(question, rows[static_cast<int>(question.films)]));
  }
  if (progress) progress(total, total);
  return readings;
}

std::vector<ProbeReading> MeanReadings(const std::vector<std::vector<ProbeReading>>& readings) {
  if (readings.empty()) return {};
  std::vector<ProbeReading> mean = readings.front();
  for (size_t r = 0; r < mean.size(); ++r) {
    mean[r].value = 0;
    for (const auto& network : readings)
      mean[r].value += network[r].value / static_cast<double>(readings.size());
  }
  return mean;
}

}  // namespace peekaboo::lab
