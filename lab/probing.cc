#include "lab/probing.h"

#include <algorithm>
#include <cmath>

#include "lab/matched_set.h"
#include "sim/check.h"
#include "sim/recorder.h"
#include "worldmodel/probe.h"

namespace peekaboo::lab {
namespace {

constexpr int kSeenPixels = 20;  // fewer are a sliver at the edge of a screen
constexpr int kClipsAtOnce = 32;

/// Features and targets of the frames that a probe is about, fitting and testing films apart.
struct Rows {
  std::vector<float> features[2], targets[2];
  std::vector<int32_t> labels[2];
  int feature_size = 0;

  void Add(int part, const float* row, int size) {
    feature_size = size;
    features[part].insert(features[part].end(), row, row + size);
  }
};

/// Whether frame t shows object 0, or hides it after it was seen and while it must still be there.
struct Sight {
  bool visible, hidden;
};

std::vector<Sight> SightOf(const sim::Episode& film, int objects) {
  std::vector<Sight> sight(film.frames);
  int seen = 0;
  for (int t = 0; t < film.frames; ++t) {
    const int pixels = film.visible[static_cast<size_t>(t) * objects];
    sight[t].visible = pixels > kSeenPixels;
    const bool in_view = std::abs(film.image_xy[static_cast<size_t>(t) * objects * 2]) < 0.85f;
    sight[t].hidden =
        pixels == 0 && seen >= 2 && in_view && film.present[static_cast<size_t>(t) * objects];
    seen += sight[t].visible;
  }
  return sight;
}

std::vector<sim::Episode> NurseryFilms(const ProbingOptions& options) {
  const sim::Repertoire nursery("nursery");
  sim::RecordOptions record;
  record.episodes = options.films;
  record.seed = options.seed;
  record.split = sim::Split::kDev;
  record.film.visible = true;
  record.threads = options.threads;
  return sim::RecordInMemory(nursery, record);
}

ProbeReading RSquared(const Rows& rows, int target, const char* quantity,
                      const std::string& condition) {
  ProbeReading reading{quantity, condition, "R²", std::nan(""), 0, 0};
  const auto column = [&](int part) {
    std::vector<float> values;
    for (size_t i = target; i < rows.targets[part].size(); i += 2)
      values.push_back(rows.targets[part][i]);
    return values;
  };
  const auto fit = column(0), test = column(1);
  reading.rows = static_cast<int64_t>(test.size());
  if (fit.size() < 50 || test.size() < 20) return reading;
  const auto probe =
      worldmodel::LinearProbe::Fit(rows.features[0], rows.feature_size, fit, 1, 1e-2);
  reading.value = worldmodel::RSquared(probe.Predict(rows.features[1]), test, 1).front();
  return reading;
}

void ProbePlace(const Examinee& examinee, const std::vector<sim::Episode>& films, int objects,
                std::vector<ProbeReading>* out) {
  Rows latent_visible, memory_visible, latent_hidden, memory_hidden;
  for (size_t first = 0; first < films.size(); first += kClipsAtOnce) {
    const size_t count = std::min<size_t>(kClipsAtOnce, films.size() - first);
    std::vector<uint8_t> pixels;
    for (size_t i = 0; i < count; ++i)
      pixels.insert(pixels.end(), films[first + i].pixels.begin(), films[first + i].pixels.end());
    const int frames = films[first].frames;
    const auto seen = examinee.Watch(pixels, static_cast<int>(count), frames);
    const int D = static_cast<int>(seen.z.size() / (count * frames)),
              H = static_cast<int>(seen.h.size() / (count * frames));
    for (size_t i = 0; i < count; ++i) {
      const sim::Episode& film = films[first + i];
      const int part = static_cast<int>((first + i) % 2);
      const auto sight = SightOf(film, objects);
      for (int t = 0; t < frames; ++t) {
        if (!sight[t].visible && !sight[t].hidden) continue;
        const size_t row = i * frames + t;
        Rows* pair[2] = {sight[t].visible ? &latent_visible : &latent_hidden,
                         sight[t].visible ? &memory_visible : &memory_hidden};
        pair[0]->Add(part, &seen.z[row * D], D);
        pair[1]->Add(part, &seen.h[row * H], H);
        const float* xy = &film.image_xy[static_cast<size_t>(t) * objects * 2];
        for (Rows* rows : pair) rows->targets[part].insert(rows->targets[part].end(), xy, xy + 2);
      }
    }
  }
  out->push_back(RSquared(latent_visible, 0, "place, left to right", "visible, from the latent"));
  out->push_back(RSquared(latent_visible, 1, "place, up and down", "visible, from the latent"));
  out->push_back(RSquared(memory_visible, 0, "place, left to right", "visible, from memory"));
  out->push_back(RSquared(memory_hidden, 0, "place, left to right", "hidden, from memory"));
  out->push_back(
      RSquared(latent_hidden, 0, "place, left to right", "hidden, from the latent alone"));
}

std::vector<MatchedSet> RollingSets(const ProbingOptions& options) {
  std::vector<MatchedSet> sets;
  MakeMatchedSets(sim::LoadScene(sim::FindScene("voe/permanence/roll")), sim::Split::kDev,
                  options.seed ^ 0x5eed, options.sets, options.threads,
                  [&](int64_t, MatchedSet set) {
                    set.films.resize(2);  // "rolls past", "nothing there"
                    sets.push_back(std::move(set));
                    return true;
                  });
  return sets;
}

/// Frames of the film in which the ball is hidden, and the same frames where nothing is there: the
/// pictures are the same.
void ProbePresence(const Examinee& examinee, const std::vector<MatchedSet>& sets,
                   std::vector<ProbeReading>* out) {
  Rows rows;
  for (size_t s = 0; s < sets.size(); ++s) {
    const sim::Episode& with = sets[s].films[0];
    const int objects = static_cast<int>(with.present.size()) / with.frames;
    std::vector<uint8_t> pixels = with.pixels;
    pixels.insert(pixels.end(), sets[s].films[1].pixels.begin(), sets[s].films[1].pixels.end());
    const auto seen = examinee.Watch(pixels, 2, with.frames);
    const int H = static_cast<int>(seen.h.size()) / (2 * with.frames);
    const auto sight = SightOf(with, objects);
    for (int t = 0; t < with.frames; ++t) {
      if (!sight[t].hidden) continue;
      for (int film = 0; film < 2; ++film) {
        rows.Add(s % 2, &seen.h[(static_cast<size_t>(film) * with.frames + t) * H], H);
        rows.labels[s % 2].push_back(film == 0);
      }
    }
  }
  ProbeReading reading{"something is behind the screen",
                       "hidden, from memory",
                       "balanced accuracy",
                       std::nan(""),
                       0.5,
                       static_cast<int64_t>(rows.labels[1].size())};
  if (!rows.labels[0].empty() && !rows.labels[1].empty()) {
    const auto classifier = worldmodel::LinearClassifier::Fit(rows.features[0], rows.feature_size,
                                                              rows.labels[0], 2, 1e-2);
    reading.value =
        worldmodel::ScoreClassifier(classifier.Predict(rows.features[1]), rows.labels[1])
            .balanced_accuracy;
  }
  out->push_back(reading);
}

}  // namespace

std::vector<std::vector<ProbeReading>> RunProbes(
    const ProbingOptions& options, const std::vector<const Examinee*>& examinees,
    const std::function<bool(int64_t done, int64_t total)>& progress) {
  const auto total = static_cast<int64_t>(examinees.size()) + 2;
  int64_t done = 0;
  const auto go_on = [&] { return !progress || progress(done++, total); };
  if (!go_on()) return {};
  const auto films = NurseryFilms(options);
  if (!go_on()) return {};
  const auto sets = RollingSets(options);
  const int objects = static_cast<int>(films.front().present.size()) / films.front().frames;
  std::vector<std::vector<ProbeReading>> readings;
  for (const Examinee* examinee : examinees) {
    if (!go_on()) return {};
    auto& mine = readings.emplace_back();
    ProbePresence(*examinee, sets, &mine);
    ProbePlace(*examinee, films, objects, &mine);
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
