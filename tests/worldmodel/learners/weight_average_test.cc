#include "worldmodel/learners/weight_average.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/worldmodel/moving_squares.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

double First(const WorldModel& model) {
  return model.network().parameters.Get("memory.input.bias").value[0].item<double>();
}

void Set(WorldModel* model, double value) {
  const at::NoGradGuard no_gradient;
  Parameters& parameters = model->network().parameters;
  at::Tensor flat = parameters.flat();
  flat.fill_(value);
  parameters.RefreshShadow();
}

TEST(WeightAverage, IsAnExponentialMovingAverage) {
  WorldModel model(TinyModel(), 1);
  Set(&model, 1);
  WeightAverage average(model, 1000000);
  Set(&model, 2);
  for (int i = 0; i < 100; ++i) average.Add(model);
  EXPECT_NEAR(First(average.model()), 2 - std::pow(WeightAverage::kDecay, 100), 1e-4);
  EXPECT_EQ(First(model), 2) << "what learns is left alone";
}

TEST(WeightAverage, OfANewModelForgetsItsFirstWeights) {
  WorldModel model(TinyModel(), 1);
  Set(&model, 1000);
  WeightAverage average(model, 0);
  Set(&model, 1);
  double left = 999;
  for (int n = 1; n <= 100; ++n) {
    average.Add(model);
    left *= (1.0 + n) / (10.0 + n);
  }
  EXPECT_LT(left, 1e-4);
  EXPECT_NEAR(First(average.model()), 1 + left, 1e-3);
}

TEST(WeightAverage, WatchesWithWhatItAveraged) {
  WorldModel model(TinyModel(), 1);
  WeightAverage average(model, 1000000);
  const auto film = MovingSquares(model.config(), 1, 4, 0);
  EXPECT_EQ(average.model().Perceive(film, 1, 4).z, model.Perceive(film, 1, 4).z);
  const WorldModel other(TinyModel(), 2);
  for (int i = 0; i < 20000; ++i) average.Add(other);
  const auto a = average.model().Perceive(film, 1, 4).z, b = other.Perceive(film, 1, 4).z;
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-3) << i;
}

}  // namespace
}  // namespace peekaboo::worldmodel
