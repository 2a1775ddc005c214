#include "worldmodel/learners/distance_loss.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/worldmodel/acted_squares.h"
#include "tests/worldmodel/noise.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

TEST(DistanceLoss, IsTheFormulaOfItsHeader) {
  const Network network(TinyActor(), 3);
  const int64_t size = network.config.LatentSize();
  const at::Tensor before = Noise({3, size}, 1), after = Noise({3, size}, 2) * 4;
  const at::Tensor all = network.distance.Embed(at::cat({before, after}), at::kFloat);
  const auto distance = [&](int64_t i, int64_t j) {
    return EmbeddingDistance(all[i], all[j]).item<double>();
  };
  double expected = 0;
  for (int64_t m = 0; m < 3; ++m)
    expected += std::pow(std::max(0.0, distance(m, m + 3) - 1), 2) / 3;
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t j = 0; j < 6; ++j)
      expected += 0.01 * std::log1p(std::exp(40 - distance(i, j))) / 36;
  EXPECT_NEAR(ComputeDistanceLoss(network, before, after, at::kFloat).item<double>(), expected,
              1e-4 * expected);
}

TEST(DistanceLoss, ReachesItsOwnWeightsAlone) {
  const Network network(TinyActor(), 3);
  const at::Tensor z = Noise({6, network.config.LatentSize()}, 1).requires_grad_();
  ComputeDistanceLoss(network, z.slice(0, 0, 3), z.slice(0, 3), at::kFloat).backward();
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
