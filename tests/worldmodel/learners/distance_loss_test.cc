#include "worldmodel/learners/distance_loss.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "tests/worldmodel/acted_squares.h"
#include "tests/worldmodel/noise.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

/// A place on a line, as latents would show it: numbers that say nothing of far places.
at::Tensor LatentsOf(const std::vector<double>& places, int64_t size) {
  const at::Tensor x = at::tensor(places).to(at::kFloat).unsqueeze(1);
  const at::Tensor centres = at::linspace(0, 20, size).unsqueeze(0);
  return (-(x - centres).square() / 2).exp();
}

/// A walk of steps of length 1.
std::vector<double> Walk(RandomStream& random) {
  std::vector<double> places = {random.Uniform(0, 20)};
  double direction = random.Chance(0.5) ? 1 : -1;
  while (places.size() < 24) {
    if (random.Chance(0.1)) direction = -direction;
    if (places.back() + direction < 0 || places.back() + direction > 20) direction = -direction;
    places.push_back(places.back() + direction);
  }
  return places;
}

TEST(DistanceLoss, TheDistanceBecomesTheNumberOfSteps) {
  const ModelConfig config = TinyActor();
  const Network network(config, 3);
  const int64_t size = config.LatentSize();
  std::vector<at::Tensor> weights, means, squares;
  for (const auto& entry : network.parameters.entries()) {
    if (!entry.name.starts_with("distance.")) continue;
    weights.push_back(entry.weight.value);
    means.push_back(at::zeros_like(entry.weight.value));
    squares.push_back(at::zeros_like(entry.weight.value));
  }
  ASSERT_EQ(weights.size(), 6);
  RandomStream random(1, "walks");
  constexpr int kSteps = 600;
  for (int step = 1; step <= kSteps; ++step) {
    at::Tensor loss = at::zeros({});
    for (int clip = 0; clip < 4; ++clip)
      loss = loss + ComputeDistanceLoss(network, LatentsOf(Walk(random), size), at::kFloat);
    loss.backward();
    const at::NoGradGuard none;
    for (size_t i = 0; i < weights.size(); ++i) {  // Adam
      const at::Tensor g = weights[i].grad();
      means[i].mul_(0.9).add_(g, 0.1);
      squares[i].mul_(0.98).addcmul_(g, g, 0.02);
      const double rate = 3e-3 * (1 - static_cast<double>(step) / kSteps);
      weights[i].addcdiv_(means[i] / (1 - std::pow(0.9, step)),
                          (squares[i] / (1 - std::pow(0.98, step))).sqrt() + 1e-8, -rate);
      weights[i].mutable_grad().reset();
    }
  }
  const at::NoGradGuard none;
  const auto distance = [&](double a, double b) {
    const at::Tensor embedded = network.distance.Embed(LatentsOf({a, b}, size), at::kFloat);
    return EmbeddingDistance(embedded[0], embedded[1]).item<double>();
  };
  EXPECT_NEAR(distance(5, 6), 1, 0.3);
  EXPECT_NEAR(distance(4, 9), 5, 1);
  EXPECT_NEAR(distance(3, 15), 12, 2.5);
  EXPECT_LT(distance(7, 7), 0.01);
}

TEST(DistanceLoss, ReachesItsOwnWeightsAlone) {
  const ModelConfig config = TinyActor();
  const Network network(config, 3);
  const at::Tensor z = Noise({6, config.LatentSize()}, 1).requires_grad_();
  ComputeDistanceLoss(network, z, at::kFloat).backward();
  EXPECT_FALSE(z.grad().defined());
  for (const auto& entry : network.parameters.entries())
    EXPECT_EQ(entry.weight.value.grad().defined(), entry.name.starts_with("distance."))
        << entry.name;
}

TEST(DistanceLoss, EqualLatentsHaveAGradient) {
  const at::Tensor a = at::ones({1, 3}).requires_grad_();
  EmbeddingDistance(a, at::ones({1, 3})).sum().backward();
  EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
}

}  // namespace
}  // namespace peekaboo::worldmodel
