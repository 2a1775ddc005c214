#include "worldmodel/learners/vicreg.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/worldmodel/noise.h"
#include "worldmodel/learners/anti_collapse.h"

namespace peekaboo::worldmodel {
namespace {

// The formula as the paper writes it, left to autograd.
at::Tensor Plain(const at::Tensor& x, double covariance_weight) {
  const at::Tensor c = x - x.mean(0);
  const at::Tensor v = at::relu(1 - (x.var(0) + 1e-4).sqrt()).mean();
  const at::Tensor covariance = at::mm(c.t(), c) / (x.size(0) - 1);
  const at::Tensor off = covariance.square().sum() - covariance.diagonal().square().sum();
  return v + covariance_weight * off / x.size(1);
}

TEST(VicReg, OfACollapsedBatchIsOneLessThatFloor) {
  const at::Tensor x = at::full({10, 4}, 3.0);
  EXPECT_NEAR(VicReg(x, 0.04).item<float>(), 1.0 - std::sqrt(1e-4), 1e-6);
}

TEST(VicReg, ByHand) {
  // Columns (1, -1) * 2 and the same again: Var = 8, C_01 = C_10 = 8; no variance penalty.
  const at::Tensor x = at::tensor({2.0f, 2.0f, -2.0f, -2.0f}).view({2, 2});
  EXPECT_NEAR(VicReg(x, 0.04).item<float>(), 0.04 * (64 + 64) / 2, 1e-5);
}

TEST(VicReg, AndItsGradientMatchThePlainFormula) {
  at::Tensor x = (Noise({64, 8}) + at::arange(8, at::kFloat) * 0.2).requires_grad_();
  at::Tensor y = x.detach().clone().requires_grad_();
  const at::Tensor ours = VicReg(x, 0.5), plain = Plain(y, 0.5);
  EXPECT_NEAR(ours.item<float>(), plain.item<float>(), 1e-5);
  (ours * 3).backward();
  (plain * 3).backward();
  EXPECT_TRUE(at::allclose(x.grad(), y.grad(), 1e-4, 1e-7));
}

TEST(VicRegObjective, AddsTheTermOnClipCentredPatches) {
  TrainConfig config;
  const at::Tensor z = Noise({3, 5, 2, 4});
  const at::Tensor centred = z - z.mean(1, true);
  const double both =
      Plain(z.flatten(0, 2), 0.04).item<float>() + Plain(centred.flatten(0, 2), 0.04).item<float>();
  EXPECT_NEAR(MakeAntiCollapse(config)->Penalty({z, 0}).item<float>(), both, 1e-5);
}

TEST(VicRegObjective, GradientPassesTheCentring) {
  TrainConfig config;
  at::Tensor z = Noise({3, 5, 2, 4}).requires_grad_();
  at::Tensor y = z.detach().clone().requires_grad_();
  MakeAntiCollapse(config)->Penalty({z, 0}).backward();
  (Plain(y.flatten(0, 2), 0.04) + Plain((y - y.mean(1, true)).flatten(0, 2), 0.04)).backward();
  EXPECT_TRUE(at::allclose(z.grad(), y.grad(), 1e-4, 1e-7));
}

TEST(AntiCollapse, OfAnUnknownNameIsRefusedWithWhatThereIs) {
  TrainConfig config;
  config.objective = "hope";
  try {
    MakeAntiCollapse(config);
    FAIL();
  } catch (const UserError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("hope"), std::string::npos);
    for (const std::string& name : AntiCollapseNames()) {
      EXPECT_NE(text.find(name), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace peekaboo::worldmodel
