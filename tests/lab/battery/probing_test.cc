#include "lab/battery/probing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

namespace peekaboo::lab {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kSide = 64, kBytes = kSide * kSide * 3, kBlock = 8, kBlocks = kSide / kBlock;

/// Its latent is the picture, coarsely; its memory how much ever moved in each block of it, or, if
/// it forgets, the picture again.
class Onlooker : public Subject {
 public:
  explicit Onlooker(bool forgets)
      : Subject({.name = "onlooker", .kind = ModelKind::kTrained}), forgets_(forgets) {}

  worldmodel::Perception Perceive(std::span<const uint8_t> pixels, int clips,
                                  int frames) const override {
    constexpr int kSize = kBlocks * kBlocks;
    worldmodel::Perception seen;
    seen.clips = clips;
    seen.frames = frames;
    for (int b = 0; b < clips; ++b) {
      std::vector<float> memory(kSize);
      for (int t = 0; t < frames; ++t) {
        const uint8_t* now = &pixels[(static_cast<size_t>(b) * frames + t) * kBytes];
        const uint8_t* before = t > 0 ? now - kBytes : now;
        std::vector<float> latent(kSize);
        for (int i = 0; i < kBytes; ++i) {
          const int block = i / (kSide * 3) / kBlock * kBlocks + i % (kSide * 3) / 3 / kBlock;
          latent[block] += now[i] / (255.0f * kBlock * kBlock * 3);
          memory[block] += std::abs(now[i] - before[i]) / 1000.0f;
        }
        seen.z.insert(seen.z.end(), latent.begin(), latent.end());
        const std::vector<float>& known = forgets_ ? latent : memory;
        seen.h.insert(seen.h.end(), known.begin(), known.end());
      }
    }
    return seen;
  }

 private:
  bool forgets_;
};

double Value(const std::vector<ProbeReading>& readings, const std::string& quantity,
             const std::string& condition) {
  for (const ProbeReading& r : readings) {
    if (r.quantity == quantity && r.condition == condition) return r.value;
  }
  ADD_FAILURE() << "no reading " << quantity << ", " << condition;
  return std::nan("");
}

ProbingOptions Few() { return {.films = 60, .sets = 40, .seed = 3, .threads = 0}; }

// The pictures with and without something behind the screen are the same: who forgets cannot know.
TEST(Probing, WhatIsHiddenIsReadFromMemoryAlone) {
  const Onlooker remembers(false), forgets(true);
  const auto readings = RunProbes(Few(), {&remembers, &forgets}, {});
  ASSERT_THAT(readings, SizeIs(2));
  ASSERT_EQ(readings[0].size(), readings[1].size());
  const auto presence = [&](int who) {
    return Value(readings[who], kHiddenPresence, "hidden, from memory");
  };
  EXPECT_GT(presence(0), 0.7);
  EXPECT_EQ(presence(1), 0.5);
  for (const ProbeReading& reading : readings[0]) {
    EXPECT_GT(reading.rows, 0) << reading.quantity;
    const double chance = reading.measure == "R²"        ? 0
                          : reading.quantity == "colour" ? 1.0 / 8
                          : reading.quantity == "shape"  ? 1.0 / 4
                                                         : 1.0 / 2;
    EXPECT_EQ(reading.chance, chance) << reading.quantity;
  }
}

TEST(Probing, StopsWhenItIsTold) {
  const Onlooker anybody(false);
  int64_t asked = 0;
  const auto readings = RunProbes(Few(), {&anybody}, [&](int64_t done, int64_t total) {
    EXPECT_EQ(done, asked++);
    EXPECT_EQ(total, 3);
    return asked < 2;
  });
  EXPECT_THAT(readings, IsEmpty());
  EXPECT_EQ(asked, 2);
}

TEST(Probing, SeveralNetworksCountAsTheirMean) {
  EXPECT_THAT(MeanReadings({}), IsEmpty());
  const auto mean =
      MeanReadings({{{"a", "b", "c", 0.25, 0.5, 7}}, {{"a", "b", "c", 0.75, 0.5, 7}}});
  ASSERT_THAT(mean, SizeIs(1));
  EXPECT_EQ(mean[0].value, 0.5);
  EXPECT_EQ(mean[0].quantity, "a");
  EXPECT_EQ(mean[0].rows, 7);
}

}  // namespace
}  // namespace peekaboo::lab
