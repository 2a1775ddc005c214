#include "lab/battery/subject.h"

#include <cmath>
#include <limits>

#include "base/check.h"

namespace peekaboo::lab {
namespace {

class NetworkExaminee : public Subject {
 public:
  NetworkExaminee(ResultModel who, worldmodel::WorldModel model)
      : Subject(std::move(who)), model_(std::move(model)) {}

  worldmodel::Perception Perceive(std::span<const uint8_t> pixels, int clips,
                                  int frames) const override {
    return model_.Perceive(pixels, clips, frames);
  }

 private:
  worldmodel::WorldModel model_;
};

class FrameDifferenceExaminee : public Subject {
 public:
  explicit FrameDifferenceExaminee(std::vector<int> horizons)
      : Subject({.name = "frame difference", .kind = ModelKind::kFrameDifference, .seed = 0}),
        horizons_(std::move(horizons)) {}

  worldmodel::Perception Perceive(std::span<const uint8_t> pixels, int clips,
                                  int frames) const override {
    constexpr int kSide = 64, kGrid = 4, kPatch = kSide / kGrid, kBytes = kSide * kSide * 3;
    PEEKABOO_CHECK(pixels.size() == static_cast<size_t>(clips) * frames * kBytes);
    const int K = static_cast<int>(horizons_.size()), P = kGrid * kGrid;
    worldmodel::Perception seen;
    seen.clips = clips;
    seen.frames = frames;
    seen.error.assign(static_cast<size_t>(clips) * frames * K,
                      std::numeric_limits<float>::quiet_NaN());
    seen.error_patch.assign(seen.error.size() * P, std::numeric_limits<float>::quiet_NaN());
    for (int b = 0; b < clips; ++b) {
      for (int t = 0; t < frames; ++t) {
        for (int k = 0; k < K; ++k) {
          if (t < horizons_[k]) continue;
          const uint8_t* now = &pixels[(static_cast<size_t>(b) * frames + t) * kBytes];
          const uint8_t* then = now - static_cast<size_t>(horizons_[k]) * kBytes;
          int64_t sums[P] = {};
          for (int y = 0; y < kSide; ++y) {
            for (int x = 0; x < kSide * 3; ++x) {
              const int difference = now[y * kSide * 3 + x] - then[y * kSide * 3 + x];
              sums[y / kPatch * kGrid + x / (3 * kPatch)] += difference * difference;
            }
          }
          const size_t at = (static_cast<size_t>(b) * frames + t) * K + k;
          double total = 0;
          for (int p = 0; p < P; ++p) {
            const double mean =
                static_cast<double>(sums[p]) / (kPatch * kPatch * 3) / (64.0 * 64.0);
            seen.error_patch[at * P + p] = static_cast<float>(mean);
            total += mean / P;
          }
          seen.error[at] = static_cast<float>(total);
        }
      }
    }
    seen.normalised_error = seen.error;
    return seen;
  }

 private:
  std::vector<int> horizons_;
};

}  // namespace

std::unique_ptr<Subject> MakeNetworkSubject(ResultModel who, worldmodel::WorldModel model) {
  return std::make_unique<NetworkExaminee>(std::move(who), std::move(model));
}

std::unique_ptr<Subject> MakeFrameDifferenceSubject(std::vector<int> horizons) {
  return std::make_unique<FrameDifferenceExaminee>(std::move(horizons));
}

}  // namespace peekaboo::lab
