#include "worldmodel/readout/mlp_probe.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "worldmodel/kernels/compute.h"

namespace peekaboo::worldmodel {
namespace {

// Rows whose first number is drawn from [-1, 1], the second never changes.
at::Tensor Features(int64_t rows) {
  return at::stack({at::linspace(-1, 1, rows), at::full({rows}, 3.0)}, 1);
}

MlpProbe::Options Short() {
  MlpProbe::Options options;
  options.hidden = 16;
  options.steps = 300;
  options.rows = 64;
  return options;
}

TEST(MlpProbe, ReadsWhatNoLineReads) {
  const at::Tensor x = Features(200);
  const at::Tensor y = at::stack({x.select(1, 0).abs() * 5 - 2, at::full({200}, 7.0)}, 1);
  const MlpProbe probe = MlpProbe::Fit(x, y, Short());
  EXPECT_EQ(probe.feature_size(), 2);
  EXPECT_EQ(probe.target_size(), 2);
  const at::Tensor off = (probe.Predict(x) - y).abs();
  // The best line is 1.25 off on average.
  EXPECT_LT(off.select(1, 0).mean().item<double>(), 0.3);
  EXPECT_LT(off.select(1, 1).max().item<double>(), 1e-4) << "what never changes is known";
}

TEST(MlpProbe, IsDifferentiableInFeaturesAlone) {
  const at::Tensor x = Features(50);
  const MlpProbe probe = MlpProbe::Fit(x, x.select(1, 0).unsqueeze(1), Short());
  at::Tensor asked = at::tensor({0.3f, 100.0f}).unsqueeze(0).requires_grad_();
  probe.Predict(asked).sum().backward();
  EXPECT_NEAR(asked.grad()[0][0].item<double>(), 1, 0.3);
  EXPECT_EQ(asked.grad()[0][1].item<double>(), 0) << "it never changed, so nothing follows from it";
}

TEST(MlpProbe, IsTheSameForAnyNumberOfThreads) {
  const at::Tensor x = Features(100), y = x.select(1, 0).square().unsqueeze(1);
  SetComputeThreads(1);
  const at::Tensor one = MlpProbe::Fit(x, y, Short()).Predict(x);
  SetComputeThreads(3);
  EXPECT_TRUE(at::equal(one, MlpProbe::Fit(x, y, Short()).Predict(x)));
  SetComputeThreads(1);
}

TEST(MlpProbe, AppliesLayersInTurn) {
  const MlpProbe probe({{at::tensor({1.0f, -1.0f}).view({2, 1}), at::zeros({2})},
                        {at::ones({1, 2}), at::ones({1})}});
  const at::Tensor read = probe.Predict(at::tensor({-2.0f, 3.0f}).view({2, 1}));
  EXPECT_TRUE(at::equal(read, at::tensor({3.0f, 4.0f}).view({2, 1}))) << "|x| + 1";
}

}  // namespace
}  // namespace peekaboo::worldmodel
