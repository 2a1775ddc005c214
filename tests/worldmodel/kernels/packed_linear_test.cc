#include "worldmodel/kernels/packed_linear.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <thread>
#include <vector>

#include "tests/worldmodel/noise.h"
#include "worldmodel/kernels/products.h"

namespace peekaboo::worldmodel {
namespace {

Weight AsWeight(const at::Tensor& leaf) { return {leaf, leaf.detach().to(at::kBFloat16)}; }

TEST(PackedLinear, MatchesLibTorchAndItsGradients) {
  const std::vector<at::Tensor> values = {Noise({5, 6}), Noise({7, 6}, 1), Noise({7}, 2),
                                          Noise({5, 7}, 3)};
  for (const bool relu : {false, true}) {
    std::vector<at::Tensor> ours, plain;
    for (const at::Tensor& value : values) {
      ours.push_back(value.clone().requires_grad_());
      plain.push_back(value.clone().requires_grad_());
    }
    const PackedLinear linear(AsWeight(ours[1]), AsWeight(ours[2]), at::kFloat);
    const at::Tensor a = linear.Apply(ours[0], ours[3], relu);
    at::Tensor b = at::linear(plain[0], plain[1], plain[2]) + plain[3];
    if (relu) b = b.relu();
    EXPECT_TRUE(at::allclose(a, b, 1e-4, 1e-5));
    const at::Tensor g = Noise(a.sizes(), 5);
    (a * g).sum().backward();
    (b * g).sum().backward();
    for (size_t i = 0; i < ours.size(); ++i)
      EXPECT_TRUE(at::allclose(ours[i].grad(), plain[i].grad(), 1e-3, 1e-4)) << "leaf " << i;
  }
}

TEST(PackedLinear, TermsMayBeMissingAndWeightsFrozen) {
  const at::Tensor x = Noise({3, 6}).requires_grad_();
  const at::Tensor weight = Noise({8, 6}, 1), bias = Noise({8}, 2);
  const at::Tensor y =
      PackedLinear(AsWeight(weight), AsWeight(bias), at::kFloat).Apply(x, {}, /*relu=*/false);
  EXPECT_TRUE(at::allclose(y, at::linear(x, weight, bias), 1e-4, 1e-5));
  y.sum().backward();
  EXPECT_TRUE(at::allclose(x.grad(), weight.sum(0).expand({3, 6}), 1e-4, 1e-5));
  EXPECT_FALSE(weight.grad().defined());
}

TEST(PackedLinear, TellsATapeWhatItTellsLeaves) {
  const at::Tensor x = Noise({4, 6}), g = Noise({4, 8}, 4);
  Parameters parameters;
  parameters.DeclareLayer("one", {8, 6}, kReluGain);
  parameters.Allocate(3);
  const Weight &weight = parameters.Get("one.weight"), &bias = parameters.Get("one.bias");
  const PackedLinear linear(weight, bias, at::kFloat);
  (linear.Apply(x, {}, /*relu=*/true) * g).sum().backward();
  std::vector<GradientTape> tapes(1);
  (linear.Apply(x, {}, /*relu=*/true, tapes.data()) * g).sum().backward();
  GradientSum sum(parameters);
  sum.Begin();
  for (const auto& task : sum.TakeProducts(tapes)) task();
  sum.Finish(tapes);
  for (const auto& entry : parameters.entries()) {
    const at::Tensor& leaf = entry.weight.value.grad();
    EXPECT_TRUE(
        at::allclose(sum.flat().narrow(0, entry.offset, leaf.numel()), leaf.flatten(), 1e-4, 1e-5))
        << entry.name;
  }
}

// Of few and many rows, and of more than one product takes.
TEST(PackedLinear, InBf16StaysCloseWhateverTheRows) {
  const at::Tensor weight = Noise({64, 32}, 1), bias = Noise({64}, 2);
  const PackedLinear linear(AsWeight(weight), AsWeight(bias), at::kBFloat16);
  for (const int64_t rows : {1, 7, 80, 479, 1001}) {
    const at::Tensor x = Noise({rows, 32}), added = Noise({rows, 64}, 3);
    at::Tensor rounded = x.to(at::kBFloat16).requires_grad_(), single = x.clone().requires_grad_();
    const at::Tensor y = linear.Apply(rounded, added, /*relu=*/true);
    const at::Tensor plain = (at::linear(single, weight, bias) + added).relu();
    EXPECT_EQ(y.scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::allclose(y.to(at::kFloat), plain, 2e-2, 0.2)) << rows;
    EXPECT_EQ(linear.Apply(rounded, {}, /*relu=*/false).scalar_type(), at::kFloat);
    const at::Tensor masked = (plain.detach() > 0.3).to(at::kFloat);  // ReLU decides alike there
    (y.to(at::kFloat) * masked).sum().backward();
    (plain * masked).sum().backward();
    EXPECT_TRUE(at::allclose(rounded.grad().to(at::kFloat), single.grad(), 5e-2, 0.5)) << rows;
  }
}

TEST(PackedLinear, MayBeAppliedByThreadsSideBySide) {
  const at::Tensor weight = Noise({64, 32}, 1), bias = Noise({64}, 2);
  const PackedLinear linear(AsWeight(weight), AsWeight(bias), at::kBFloat16);
  const at::Tensor x = Noise({40, 32}).to(at::kBFloat16);
  std::vector<at::Tensor> results(4);
  std::vector<std::thread> threads;
  for (at::Tensor& result : results)
    threads.emplace_back([&] {
      const at::NoGradGuard none;
      for (int i = 0; i < 50; ++i) result = linear.Apply(x, {}, /*relu=*/false);
    });
  for (std::thread& thread : threads) thread.join();
  for (const at::Tensor& result : results) EXPECT_TRUE(at::equal(result, results[0]));
}

TEST(PackedLinear, CountsItsProducts) {
  const at::Tensor weight = Noise({64, 32}, 1), bias = Noise({64}, 2);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const PackedLinear linear(AsWeight(weight), AsWeight(bias), type);
    const double before = ProductOperations();
    linear.Apply(Noise({500, 32}).to(type), {}, /*relu=*/false);
    EXPECT_EQ(ProductOperations() - before, 2.0 * 500 * 64 * 32);
  }
}

}  // namespace
}  // namespace peekaboo::worldmodel
