#include "lab/battery/scoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "base/check.h"
#include "base/error.h"
#include "base/suggest.h"

namespace peekaboo::lab {
namespace {

using worldmodel::Perception;

constexpr const char* kMeasures[] = {"error", "patch", "expected"};
constexpr const char* kTimes[] = {"mean", "top4", "max"};

/// The value of a measure at frame t for horizon k.
float Measure(const Perception& seen, size_t measure, size_t at, int patches) {
  switch (measure) {
    case 0:
      return seen.error[at];
    case 1: {
      const float* patch = seen.error_patch.data() + at * patches;
      return *std::max_element(patch, patch + patches);
    }
    default:
      return seen.normalised_error[at];
  }
}

/// [T] of a measure for one horizon, or the mean over all for horizon == K.
std::vector<float> Curve(const Perception& seen, int clip, int horizons, size_t measure,
                         int horizon) {
  const int patches =
      static_cast<int>(seen.error_patch.size() / std::max<size_t>(1, seen.error.size()));
  std::vector<float> curve(seen.frames);
  for (int t = 0; t < seen.frames; ++t) {
    const size_t row = (static_cast<size_t>(clip) * seen.frames + t) * horizons;
    if (horizon < horizons) {
      curve[t] = Measure(seen, measure, row + horizon, patches);
      continue;
    }
    float sum = 0;
    for (int k = 0; k < horizons; ++k) sum += Measure(seen, measure, row + k, patches);
    curve[t] = sum / static_cast<float>(horizons);
  }
  return curve;
}

float OverTime(std::span<const float> curve, size_t time) {
  std::vector<float> values(curve.begin(), curve.end());
  size_t count = values.size();
  if (time == 1) count = std::min<size_t>(4, count);
  if (time == 2) count = 1;
  if (count < values.size()) {
    std::partial_sort(values.begin(), values.begin() + static_cast<ptrdiff_t>(count), values.end(),
                      std::greater<>());
  }
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += values[i];
  return static_cast<float>(sum / static_cast<double>(count));
}

std::string HorizonName(std::span<const int> horizons, size_t horizon) {
  return horizon < horizons.size() ? "k" + std::to_string(horizons[horizon]) : "all";
}

}  // namespace

std::vector<std::string> VariantNames(std::span<const int> horizons) {
  std::vector<std::string> names;
  for (const char* measure : kMeasures) {
    for (size_t k = 0; k <= horizons.size(); ++k) {
      for (const char* time : kTimes)
        names.push_back(fmt::format("{}_{}_{}", measure, HorizonName(horizons, k), time));
    }
  }
  return names;
}

std::vector<float> ScoreClip(const Perception& seen, int clip, std::span<const int> horizons) {
  PEEKABOO_CHECK(!horizons.empty() && clip < seen.clips);
  const int first = *std::max_element(horizons.begin(), horizons.end());
  PEEKABOO_CHECK(seen.frames > first);
  std::vector<float> scores;
  for (size_t measure = 0; measure < std::size(kMeasures); ++measure) {
    for (size_t k = 0; k <= horizons.size(); ++k) {
      const auto curve =
          Curve(seen, clip, static_cast<int>(horizons.size()), measure, static_cast<int>(k));
      for (size_t time = 0; time < std::size(kTimes); ++time) {
        scores.push_back(OverTime(std::span(curve).subspan(first), time));
      }
    }
  }
  return scores;
}

std::vector<float> SurpriseCurve(const Perception& seen, int clip, std::span<const int> horizons,
                                 const std::string& variant) {
  const auto names = VariantNames(horizons);
  const auto found = std::find(names.begin(), names.end(), variant);
  if (found == names.end())
    throw UserError("variant",
                    fmt::format("'{}' is not a way to score{}", variant, Suggest(variant, names)));
  const size_t index = static_cast<size_t>(found - names.begin()) / std::size(kTimes);
  const size_t per_measure = horizons.size() + 1;
  return Curve(seen, clip, static_cast<int>(horizons.size()), index / per_measure,
               static_cast<int>(index % per_measure));
}

}  // namespace peekaboo::lab
