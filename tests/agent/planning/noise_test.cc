#include "agent/planning/noise.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace peekaboo::agent {
namespace {

// [H, H], of one number of the actions.
at::Tensor Covariance(const at::Tensor& mixing) {
  RandomStream random(1, "noise");
  const at::Tensor x = DrawNoise(mixing, 20000, 2, random).select(2, 0);
  return x.t().matmul(x) / static_cast<double>(x.size(0));
}

TEST(Noise, AutoregressiveHasTheCovarianceOfAnAr1) {
  const at::Tensor covariance = Covariance(AutoregressiveNoise(5, 0.7));
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j)
      EXPECT_NEAR(covariance[i][j].item<double>(), std::pow(0.7, std::abs(i - j)), 0.04);
  }
}

TEST(Noise, PowerLawOfZeroIsWhite) {
  EXPECT_TRUE(at::allclose(PowerLawNoise(6, 0), at::eye(6), 1e-5, 1e-6));
}

TEST(Noise, PowerLawHasThePowersOfItsFrequencies) {
  const at::Tensor mixing = PowerLawNoise(16, 2);
  EXPECT_TRUE(at::allclose(mixing.square().sum(1), at::ones({16})));
  // A circulant covariance: cosines are its eigenvectors, powers its eigenvalues.
  const at::Tensor covariance = mixing.matmul(mixing.t());
  const auto power = [&](int k) {
    const at::Tensor wave = (at::arange(16, at::kFloat) * (2 * std::numbers::pi * k / 16)).cos();
    return (wave.matmul(covariance).matmul(wave) / wave.dot(wave)).item<double>();
  };
  EXPECT_NEAR(power(1) / power(2), 4, 0.01);
  EXPECT_NEAR(power(1) / power(4), 16, 0.05);
}

TEST(Noise, NumbersOfAnActionAreIndependent) {
  RandomStream random(2, "noise");
  const at::Tensor x = DrawNoise(AutoregressiveNoise(3, 0.9), 20000, 2, random);
  EXPECT_NEAR((x.select(2, 0) * x.select(2, 1)).mean().item<double>(), 0, 0.03);
  EXPECT_NEAR(x.square().mean().item<double>(), 1, 0.03);
}

}  // namespace
}  // namespace peekaboo::agent
