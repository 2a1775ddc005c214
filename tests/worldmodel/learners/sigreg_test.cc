#include "worldmodel/learners/sigreg.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/worldmodel/noise.h"
#include "worldmodel/learners/anti_collapse.h"

namespace peekaboo::worldmodel {
namespace {

at::Tensor Units(at::IntArrayRef shape) {
  const at::Tensor x = Noise(shape);
  return x / x.norm(2, {0}, true);
}

double OneDimensional(const std::vector<float>& x) {
  const at::Tensor samples = at::tensor(x).view({-1, 1});
  return SigReg(samples, at::ones({1, 1})).item<float>();
}

// The formula, left to autograd.
at::Tensor Plain(const at::Tensor& samples, const at::Tensor& directions) {
  const at::Tensor t = at::arange(17, at::kFloat) * (3.0 / 16);
  const at::Tensor phi = (-t.square() / 2).exp();
  at::Tensor w = phi * (2 * 3.0 / 16);
  w[0] *= 0.5;
  w[16] *= 0.5;
  const at::Tensor angles = at::mm(samples, directions).unsqueeze(-1) * t;
  const at::Tensor e = (angles.cos().mean(0) - phi).square() + angles.sin().mean(0).square();
  return (at::mv(e, w) * samples.size(0)).mean();
}

TEST(SigReg, HasThePublishedValuesInOneDimension) {
  EXPECT_NEAR(OneDimensional({0}), 0.4020476, 2e-7);
  EXPECT_NEAR(OneDimensional({1, -1}), 0.2056592, 2e-7);
  EXPECT_NEAR(OneDimensional({-2, -1, 0, 1, 2}), 0.9292364, 1e-6);
}

TEST(SigReg, OfACollapsedBatchGrowsWithItsSizeForAnyDirections) {
  const at::Tensor x = at::zeros({300, 6});
  EXPECT_NEAR(SigReg(x, Units({6, 37})).item<float>(), 300 * 0.4020476, 1e-3);
}

TEST(SigReg, AndItsGradientMatchThePlainFormula) {
  // More samples than a thread sums in one piece, directions that fill no whole vector.
  at::Tensor x = (Noise({700, 5}) * 3 + 0.3).requires_grad_();
  at::Tensor y = x.detach().clone().requires_grad_();
  const at::Tensor directions = Units({5, 21});
  const at::Tensor ours = SigReg(x, directions), plain = Plain(y, directions);
  EXPECT_NEAR(ours.item<float>() / plain.item<float>(), 1.0, 1e-4);
  (ours * 0.5).backward();
  (plain * 0.5).backward();
  EXPECT_TRUE(at::allclose(x.grad(), y.grad(), 1e-3, 1e-5));
}

TEST(SigReg, IsAccurateForLargeProjections) {
  const at::Tensor x = Noise({50, 3}) * 200;
  const at::Tensor directions = Units({3, 16});
  EXPECT_NEAR(SigReg(x, directions).item<float>() / Plain(x, directions).item<float>(), 1.0, 2e-3);
}

TEST(SigRegObjective, DrawsOtherDirectionsEachStepAndTheSameForASeed) {
  TrainConfig config;
  config.objective = "sigreg";
  config.sigreg.slices = 8;
  const at::Tensor z = Noise({2, 6, 4, 8});
  const auto objective = MakeAntiCollapse(config);
  const float first = objective->Penalty({z, 0}).item<float>();
  EXPECT_NE(objective->Penalty({z, 1}).item<float>(), first);
  EXPECT_EQ(MakeAntiCollapse(config)->Penalty({z, 0}).item<float>(), first);
  config.seed = 1;
  EXPECT_NE(MakeAntiCollapse(config)->Penalty({z, 0}).item<float>(), first);
}

}  // namespace
}  // namespace peekaboo::worldmodel
