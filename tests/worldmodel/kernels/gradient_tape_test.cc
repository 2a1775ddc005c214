#include "worldmodel/kernels/gradient_tape.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/worldmodel/noise.h"
#include "worldmodel/kernels/layers.h"

namespace peekaboo::worldmodel {
namespace {

class GradientTapeTest : public ::testing::Test {
 protected:
  GradientTapeTest() {
    parameters_.DeclareLayer("layer", {700, 300}, 1.0);  // more than one task
    parameters_.DeclareLayer("conv", {4, 3, 3, 2}, 1.0, ParameterGroup::kVariance);
    parameters_.DeclareLayer("idle", {5, 5}, 1.0);
    parameters_.Allocate(1);
  }
  const Weight& Get(const char* name) const { return parameters_.Get(name); }
  at::Tensor Loss(int part, GradientTape* tape) const {
    const at::Tensor y = Linear(Noise({6, 300}, part), Get("layer.weight"), Get("layer.bias"),
                                /*relu=*/true, tape);
    const at::Tensor picture = Convolution(Noise({3, 4, 4, 2}, part + 10), Get("conv.weight"),
                                           Get("conv.bias"), 1, 1, /*relu=*/true, tape);
    return y.square().sum() + picture.square().sum();
  }
  at::Tensor Slice(const at::Tensor& flat, const Parameters::Entry& entry) const {
    return flat.narrow(0, entry.offset, entry.weight.value.numel()).view(entry.shape);
  }

  Parameters parameters_;
};

TEST_F(GradientTapeTest, TheSumIsWhatLibTorchAddsUp) {
  GradientSum sum(parameters_);
  for (int round = 0; round < 2; ++round) {  // nothing is left of the first
    std::vector<GradientTape> tapes(3);
    for (int part = 0; part < 3; ++part) Loss(part + round, &tapes[part]).backward();
    sum.Begin();
    const auto tasks = sum.TakeProducts(tapes);
    EXPECT_GT(tasks.size(), 1u);
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) (*task)();  // in any order
    sum.Finish(tapes);
  }
  for (int part = 0; part < 3; ++part) Loss(part + 1, nullptr).backward();
  double squares[2] = {};
  for (const Parameters::Entry& entry : parameters_.entries()) {
    const at::Tensor plain = entry.weight.value.grad();
    const at::Tensor ours = Slice(sum.flat(), entry);
    if (entry.name.starts_with("idle")) {
      EXPECT_FALSE(plain.defined());
      EXPECT_EQ(ours.abs().max().item<float>(), 0) << entry.name;
      continue;
    }
    EXPECT_TRUE(at::allclose(ours, plain, 1e-4, 1e-4)) << entry.name;
    squares[entry.group == ParameterGroup::kVariance] +=
        plain.square().sum(at::kDouble).item<double>();
  }
  EXPECT_NEAR(sum.Norms().main / std::sqrt(squares[0]), 1, 1e-5);
  EXPECT_NEAR(sum.Norms().variance / std::sqrt(squares[1]), 1, 1e-5);
}

// A weight that is summed in pieces of rows and of columns, over clips that are not joined.
TEST(GradientSum, LargeSumsAreMadeInPieces) {
  Parameters parameters;
  parameters.DeclareLayer("large", {500, 600}, 1.0);
  parameters.Allocate(1);
  const Weight &weight = parameters.Get("large.weight"), &bias = parameters.Get("large.bias");
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto loss = [&](int part, GradientTape* tape) {
      const at::Tensor x = (Noise({200 + part, 600}, part) - 0.5).to(type);
      return Linear(x, weight, bias, /*relu=*/true, tape).to(at::kFloat).square().sum();
    };
    GradientSum sum(parameters);
    std::vector<GradientTape> tapes(3);
    for (int part = 0; part < 3; ++part) loss(part, &tapes[part]).backward();
    sum.Begin();
    const auto tasks = sum.TakeProducts(tapes);
    EXPECT_GE(tasks.size(), 6u);
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) (*task)();
    sum.Finish(tapes);
    weight.value.mutable_grad() = at::Tensor();
    bias.value.mutable_grad() = at::Tensor();
    for (int part = 0; part < 3; ++part) loss(part, nullptr).backward();
    const at::Tensor plain = weight.value.grad();
    const at::Tensor ours = sum.flat().narrow(0, 0, plain.numel()).view_as(plain);
    EXPECT_LT((ours - plain).norm().item<float>(), 1e-4 * plain.norm().item<float>());
    EXPECT_NEAR(sum.Norms().main / sum.flat().norm().item<double>(), 1, 1e-5);
  }
}

TEST_F(GradientTapeTest, WithATapeTheLeavesGetNothing) {
  GradientTape tape;
  Loss(0, &tape).backward();
  for (const Parameters::Entry& entry : parameters_.entries())
    EXPECT_FALSE(entry.weight.value.grad().defined()) << entry.name;
}

}  // namespace
}  // namespace peekaboo::worldmodel
