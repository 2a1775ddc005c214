#include "worldmodel/learners/distance_learner.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/worldmodel/acted_squares.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kFilms = 200, kMoments = 8;
constexpr double kWay = 20;  // actions from one end of the way to the other

/// A place on a way, as latents would show it: far places look equally different.
at::Tensor LatentsOf(const std::vector<double>& places, int64_t size) {
  const at::Tensor x = at::tensor(places).to(at::kFloat).unsqueeze(1);
  const at::Tensor centres = at::linspace(0, kWay, size).unsqueeze(0);
  return (-(x - centres).square() / 2).exp();
}

/// Short walks of steps of length 1: none goes from one end of the way to the other. Those with
/// `second` go in another world, which looks otherwise and whose way is half as long.
LatentFilms Walks(int64_t size, bool second) {
  RandomStream random(1, "walks");
  std::vector<at::Tensor> films;
  for (int64_t film = 0; film < kFilms; ++film) {
    const bool other = second && film >= kFilms / 2;
    const double end = other ? kWay / 2 : kWay;
    std::vector<double> places = {random.Uniform(0, end)};
    double direction = random.Chance(0.5) ? 1 : -1;
    while (std::ssize(places) < kMoments) {
      if (places.back() + direction < 0 || places.back() + direction > end) direction = -direction;
      places.push_back(places.back() + direction);
    }
    films.push_back(LatentsOf(places, size) * (other ? -1 : 1));
  }
  return {at::stack(films), second ? kFilms / 2 : 0};
}

DistanceConfig Short() {
  DistanceConfig config;
  config.steps = 400;
  config.layouts = 4;
  config.moments = 32;
  config.learning_rate = 3e-3;
  return config;
}

double Distance(const WorldModel& model, const at::Tensor& a, const at::Tensor& b) {
  const at::NoGradGuard none;
  const auto& distance = model.network().distance;
  return EmbeddingDistance(distance.Embed(a, at::kFloat), distance.Embed(b, at::kFloat))
      .item<double>();
}

TEST(DistanceLearner, WaysLongerThanAnyFilmAreMeasured) {
  WorldModel model(TinyActor(), 3);
  const int64_t size = model.config().LatentSize();
  ASSERT_TRUE(LearnDistance(model, {Walks(size, false)}, Short(), 1, nullptr));
  const auto distance = [&](double a, double b) {
    return Distance(model, LatentsOf({a}, size), LatentsOf({b}, size));
  };
  EXPECT_NEAR(distance(5, 6), 1, 0.3);
  EXPECT_NEAR(distance(4, 9), 5, 1);
  EXPECT_NEAR(distance(2, 18), 16, 3);
  EXPECT_LT(distance(7, 7), 0.01);
}

TEST(DistanceLearner, WorldsAreComparedWithThemselvesOnly) {
  WorldModel model(TinyActor(), 3);
  const int64_t size = model.config().LatentSize();
  ASSERT_TRUE(LearnDistance(model, {Walks(size, true)}, Short(), 1, nullptr));
  EXPECT_NEAR(Distance(model, LatentsOf({2}, size), LatentsOf({18}, size)), 16, 3);
  EXPECT_NEAR(Distance(model, -LatentsOf({1}, size), -LatentsOf({9}, size)), 8, 2);
}

TEST(DistanceLearner, ChangesNothingElseAndIsTheSameForAnyThreads) {
  const ModelConfig config = TinyActor();
  const LatentFilms films = Walks(config.LatentSize(), false);
  DistanceConfig lesson = Short();
  lesson.steps = 20;
  std::map<std::string, at::Tensor> first;
  for (const int threads : {1, 2}) {
    SetComputeThreads(threads);
    WorldModel model(config, 3);
    const WorldModel untaught = model.Clone();
    LearnDistance(model, {films}, lesson, 1, nullptr);
    const auto& before = untaught.network().parameters.entries();
    const auto& after = model.network().parameters.entries();
    for (size_t i = 0; i < after.size(); ++i) {
      EXPECT_EQ(at::equal(before[i].weight.value, after[i].weight.value),
                !after[i].name.starts_with("distance."))
          << after[i].name;
      const auto [known, is_new] = first.emplace(after[i].name, after[i].weight.value.clone());
      EXPECT_TRUE(at::equal(known->second, after[i].weight.value)) << after[i].name;
    }
  }
  SetComputeThreads(0);
}

TEST(DistanceLearner, StopsWhenAsked) {
  WorldModel model(TinyActor(), 3);
  int64_t steps = 0;
  EXPECT_FALSE(LearnDistance(model, {Walks(model.config().LatentSize(), false)}, Short(), 1,
                             [&](int64_t step) {
                               steps = step;
                               return step < 3;
                             }));
  EXPECT_EQ(steps, 3);
}

}  // namespace
}  // namespace peekaboo::worldmodel
