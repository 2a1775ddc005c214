#include "worldmodel/kernels/grid_convolution.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "tests/worldmodel/noise.h"

namespace peekaboo::worldmodel {
namespace {

Weight AsWeight(const at::Tensor& leaf) { return {leaf, leaf.detach().to(at::kBFloat16)}; }

// The same in LibTorch's operations.
at::Tensor Plain(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                 const at::Tensor& of_image, const at::Tensor& of_position) {
  const int64_t side = x.size(1);
  const at::Tensor y = at::conv2d(x.permute({0, 3, 1, 2}), weight.permute({0, 3, 1, 2}), bias, 1, 1)
                           .permute({0, 2, 3, 1});
  return (y + of_image.view({x.size(0), 1, 1, -1}) + of_position.view({side, side, -1})).relu();
}

TEST(GridConvolution, MatchesLibTorchAndItsGradients) {
  const std::vector<at::Tensor> values = {Noise({5, 4, 4, 6}), Noise({7, 3, 3, 6}, 1),
                                          Noise({7}, 2), Noise({5, 7}, 3), Noise({16, 7}, 4)};
  std::vector<at::Tensor> ours, plain;
  for (const at::Tensor& value : values) {
    ours.push_back(value.clone().requires_grad_());
    plain.push_back(value.clone().requires_grad_());
  }
  const GridConvolution convolution(AsWeight(ours[1]), AsWeight(ours[2]), at::kFloat);
  const at::Tensor a = convolution.Apply(ours[0], ours[3], ours[4]),
                   b = Plain(plain[0], plain[1], plain[2], plain[3], plain[4]);
  EXPECT_TRUE(at::allclose(a, b, 1e-4, 1e-5));
  const at::Tensor g = Noise(a.sizes(), 5);
  (a * g).sum().backward();
  (b * g).sum().backward();
  for (size_t i = 0; i < ours.size(); ++i)
    EXPECT_TRUE(at::allclose(ours[i].grad(), plain[i].grad(), 1e-3, 1e-4)) << "leaf " << i;
}

TEST(GridConvolution, TermsMayBeMissingAndWeightsFrozen) {
  const at::Tensor x = Noise({3, 4, 4, 6}).requires_grad_();
  const at::Tensor weight = Noise({8, 3, 3, 6}, 1), bias = Noise({8}, 2);
  const GridConvolution convolution(AsWeight(weight), AsWeight(bias), at::kFloat);
  const at::Tensor y = convolution.Apply(x, {}, {});
  EXPECT_TRUE(
      at::allclose(y, Plain(x, weight, bias, at::zeros({3, 8}), at::zeros({16, 8})), 1e-4, 1e-5));
  y.sum().backward();
  EXPECT_GT(x.grad().abs().max().item<float>(), 0);
  EXPECT_FALSE(weight.grad().defined());
}

TEST(GridConvolution, InBf16StaysClose) {
  const at::Tensor x = Noise({9, 4, 4, 32}), weight = Noise({64, 3, 3, 32}, 1) * 0.1,
                   bias = Noise({64}, 2), of_image = Noise({9, 64}, 3),
                   of_position = Noise({16, 64}, 4);
  at::Tensor rounded = x.to(at::kBFloat16).requires_grad_(), single = x.clone().requires_grad_();
  const GridConvolution convolution(AsWeight(weight), AsWeight(bias), at::kBFloat16);
  const at::Tensor y = convolution.Apply(rounded, of_image, of_position),
                   plain = Plain(single, weight, bias, of_image, of_position);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::allclose(y.to(at::kFloat), plain, 2e-2, 5e-2));
  y.sum().backward();
  plain.sum().backward();
  EXPECT_TRUE(at::allclose(rounded.grad().to(at::kFloat), single.grad(), 5e-2, 0.5));
}

}  // namespace
}  // namespace peekaboo::worldmodel
