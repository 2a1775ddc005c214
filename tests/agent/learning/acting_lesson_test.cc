#include "agent/learning/acting_lesson.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/worldmodel/acted_squares.h"
#include "worldmodel/model/network.h"

namespace peekaboo::agent {
namespace {

/// Films of a square that goes to the right, as TinyActor sees them.
class Squares : public ClipStore {
 public:
  int64_t size() const override { return 6; }
  int frames() const override { return 8; }
  void Read(int64_t film, std::span<uint8_t> pixels) const override {
    size_t at = 0;
    for (int t = 0; t < frames(); ++t) {
      const auto frame = worldmodel::SquareFrame(32, 4 + 2 * t, 8 + 2 * static_cast<int>(film));
      std::copy(frame.begin(), frame.end(), pixels.begin() + static_cast<ptrdiff_t>(at));
      at += frame.size();
    }
  }
  ActionFormat actions() const override { return {2, 2, {}}; }
  void ReadActions(int64_t, std::span<float> actions) const override {
    std::fill(actions.begin(), actions.end(), 0.5f);
  }
  std::vector<FilmGroup> groups() const override { return {{0, size(), true, 3}}; }
};

worldmodel::TrainConfig Lesson() {
  worldmodel::TrainConfig train;
  train.transition.steps = 4;
  train.transition.starts = 8;
  train.transition.rollout_steps = 2;
  train.distance.steps = 4;
  train.distance.layouts = 2;
  train.distance.moments = 8;
  return train;
}

TEST(ActingLesson, TeachesTransitionAndDistanceAloneAndSaysHowFarItIs) {
  worldmodel::WorldModel model(worldmodel::TinyActor(), 1);
  const worldmodel::WorldModel before = model.Clone();
  std::vector<double> shares;
  EXPECT_TRUE(TeachActing(Squares(), Lesson(), &model, [&](double share) {
    shares.push_back(share);
    return true;
  }));
  EXPECT_EQ(shares, (std::vector<double>{0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1}));
  const auto& old = before.network().parameters.entries();
  const auto& now = model.network().parameters.entries();
  for (size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(at::equal(old[i].weight.value, now[i].weight.value),
              !now[i].name.starts_with("distance.") && !worldmodel::OfPerceptron(now[i].name))
        << now[i].name;
  }
}

TEST(ActingLesson, StopsWhenAskedAndMayBeLeftOut) {
  worldmodel::WorldModel model(worldmodel::TinyActor(), 1);
  EXPECT_FALSE(TeachActing(Squares(), Lesson(), &model, [](double) { return false; }));
  worldmodel::TrainConfig none = Lesson();
  none.transition.steps = none.distance.steps = 0;
  EXPECT_TRUE(TeachActing(Squares(), none, &model, [](double) { return false; }));
}

}  // namespace
}  // namespace peekaboo::agent
