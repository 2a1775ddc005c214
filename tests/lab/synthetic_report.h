#pragma once

#include <png.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "lab/report/report.h"

/// A report about nothing, for tests and for looking at the page: scores drawn from normal
/// distributions whose distance is the "competence" of a model in a concept.
namespace peekaboo::lab {

/// `tiles` frames of 64 x 64: a ball that rolls and, if `vanishes`, is gone in the second half.
inline std::vector<uint8_t> SyntheticStrip(int tiles, bool vanishes) {
  constexpr int kSize = 64;
  std::vector<uint8_t> pixels(static_cast<size_t>(tiles) * kSize * kSize * 3);
  for (int tile = 0; tile < tiles; ++tile) {
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) {
        const size_t at = (static_cast<size_t>(y) * tiles * kSize + tile * kSize + x) * 3;
        const double cx = 6.0 + 52.0 * tile / tiles;
        const bool ball = std::hypot(x - cx, y - 40.0) < 7 && !(vanishes && tile >= tiles / 2);
        const bool screen = x > 26 && x < 42 && y > 20;
        const bool floor = y > 47;
        const uint8_t rgb[3] = {static_cast<uint8_t>(screen  ? 90
                                                     : ball  ? 200
                                                     : floor ? 150
                                                             : 215),
                                static_cast<uint8_t>(screen  ? 110
                                                     : ball  ? 60
                                                     : floor ? 140
                                                             : 220),
                                static_cast<uint8_t>(screen  ? 140
                                                     : ball  ? 50
                                                     : floor ? 120
                                                             : 228)};
        std::copy(rgb, rgb + 3, pixels.begin() + static_cast<int64_t>(at));
      }
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(tiles * kSize);
  image.height = kSize;
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
  std::vector<uint8_t> png(size);
  png_image_write_to_memory(&image, png.data(), &size, 0, pixels.data(), 0, nullptr);
  png.resize(size);
  return png;
}

inline ReportInput SyntheticReport(int sets) {
  ReportInput input;
  VoeResults& results = input.results;
  results.created_by = "peekaboo 0.1.0";
  results.seed = 7;
  results.commit = "0123abcd";
  results.machine = "2 cores, no GPU";
  results.seconds = 83.2;
  results.variants = {"mean", "max", "calibrated"};
  results.primary_variant = "mean";
  results.models.push_back(
      {"jepa", ModelKind::kTrained, 1, "runs/jepa.safetensors", 77, 17500, 564});
  for (int i = 0; i < 5; ++i) {
    results.models.push_back(
        {"untrained " + std::to_string(i), ModelKind::kUntrained, static_cast<uint64_t>(i)});
  }
  results.models.push_back({"pixel prediction", ModelKind::kPixel, 2});
  results.models.push_back({"frame difference", ModelKind::kFrameDifference, 0});

  struct Row {
    const char* name;
    const char* concept_name;
    const char* title;
    const char* source;
    double low, high;
    double competence;  ///< of the trained network, in standard deviations
  };
  const Row rows[] = {
      {"permanence/roll", "object permanence", "A ball rolls behind a screen",
       "Baillargeon & Graber 1987", 2, 4, 3.0},
      {"permanence/drawbridge", "object permanence", "The screen turns through the box",
       "Baillargeon, Spelke & Wasserman 1985", 3.5, 5, 2.2},
      {"continuity/two-screens", "continuity", "Out of one screen, into another",
       "Spelke et al. 1995", 3, 4, 2.6},
      {"support/car", "support", "A car over the edge of a platform", "Needham & Baillargeon 1993",
       6, 10, 2.4},
      {"gravity/drop", "gravity and inertia", "A ball let go of", "Kim & Spelke 1992", 7, 10, 0.9},
      {"colour/swap", "shape and colour", "Another colour comes out", "Wilcox 1999", 4.5, 11, 0.1}};
  uint64_t index = 0;
  for (const Row& row : rows) {
    for (const Split split : {Split::kSeen, Split::kNovel}) {
      SceneResult scene{
          row.name, row.concept_name, row.title, row.source, row.low, row.high, split, {}, {}, {}};
      scene.members = {{"stays", false, ""},
                       {"absent", false, ""},
                       {"vanishes", true, "stays"},
                       {"appears from nowhere", true, "absent"}};
      RandomStream stream(results.seed, "synthetic", index++);
      for (int set = 0; set < sets; ++set) {
        for (int member = 0; member < 4; ++member) {
          FilmScore film{set, member, 16, 5000 + static_cast<uint64_t>(set), {}};
          for (size_t model = 0; model < results.models.size(); ++model) {
            const double skill = model == 0   ? row.competence * (split == Split::kNovel ? 0.8 : 1)
                                 : model <= 5 ? 0.15 + 0.05 * static_cast<double>(model)
                                 : model == 6 ? 0.6
                                              : 0.0;
            for (int variant = 0; variant < 3; ++variant) {
              const double shift = member >= 2 ? 0.12 * skill : 0;
              film.scores.push_back(static_cast<float>(1 + shift + 0.12 * stream.Normal()));
            }
          }
          scene.films.push_back(std::move(film));
        }
      }
      results.scenes.push_back(std::move(scene));
    }
    ReportSet set{row.name, Split::kNovel, 5000, {}};
    RandomStream stream(results.seed, "curves", index);
    for (int member = 0; member < 4; ++member) {
      const bool impossible = member >= 2;
      ReportFilm film;
      film.member = results.scenes.back().members[member].name;
      film.impossible = impossible;
      film.tiles = 16;
      film.frame_step = 2;
      film.event_frame = 16;
      film.png = SyntheticStrip(film.tiles, member == 1 || member == 2);
      for (int frame = 0; frame < 32; ++frame) {
        const double burst =
            impossible && frame >= 16 ? 2 * row.competence * std::exp(-(frame - 16) / 4.0) : 0;
        film.surprise.push_back(frame < 3 ? std::numeric_limits<double>::quiet_NaN()
                                          : 0.02 * (1 + burst + 0.2 * stream.Uniform()));
        film.untrained.push_back(frame < 3 ? std::numeric_limits<double>::quiet_NaN()
                                           : 1.3 + 0.3 * stream.Uniform());
      }
      set.films.push_back(std::move(film));
    }
    input.sets.push_back(std::move(set));
  }
  for (int step = 0; step <= 2000; step += 20) {
    const double t = step / 2000.0;
    input.metrics.push_back({static_cast<double>(step),
                             {{"loss/train", 0.1 + std::exp(-5 * t)},
                              {"loss/held out", 0.12 + std::exp(-4.8 * t)},
                              {"effective rank", 60 * (1 - std::exp(-4 * t))},
                              {"position R²/visible", 0.98 * (1 - std::exp(-6 * t))},
                              {"position R²/hidden", 0.85 * (1 - std::exp(-3 * t))}}});
  }
  input.probes = {
      {"an object is behind the screen", "hidden", "balanced accuracy", 0.97, 0.71, 0.5, 4096, 0.9},
      {"position x", "visible", "R²", 0.985, 0.91, 0, 20000, 0.95},
      {"position x", "hidden", "R²", 0.84, 0.22, 0, 4096, 0.8},
      {"velocity x", "hidden", "R²", 0.31, 0.35, 0, 4096, 0.5}};
  return input;
}

}  // namespace peekaboo::lab
