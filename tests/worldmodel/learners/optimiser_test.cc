#include "worldmodel/learners/optimiser.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/optim/adamw.h>

#include <limits>

namespace peekaboo::worldmodel {
namespace {

Parameters TwoGroups() {
  Parameters parameters;
  parameters.Declare("main", {70, 3}, 1.0);
  parameters.Declare("variance", {5}, 1.0, ParameterGroup::kVariance);
  parameters.Allocate(1);
  return parameters;
}

/// The gradients of the named parameters, zero for the others.
class Gradient {
 public:
  explicit Gradient(const Parameters& parameters) : parameters_(parameters), sum_(parameters) {}
  Gradient& Set(const char* name, const at::Tensor& gradient) {
    tape_.Add(parameters_.Get(name).index, gradient);
    return *this;
  }
  GradientNorms Apply(Optimiser* optimiser, Parameters* parameters, const TrainConfig& config,
                      double rate, int64_t step) {
    sum_.Begin();
    EXPECT_TRUE(sum_.TakeProducts({&tape_, 1}).empty());
    sum_.Finish({&tape_, 1});
    const GradientNorms norms = sum_.Norms();
    optimiser->Step(*parameters, sum_.flat(), norms, config, rate, step);
    return norms;
  }

 private:
  const Parameters& parameters_;
  GradientTape tape_;
  GradientSum sum_;
};

double Norm(const at::Tensor& x) { return x.norm().item<double>(); }

TEST(Optimiser, TakesTheStepsOfLibTorchsAdamW) {
  Parameters parameters = TwoGroups();
  TrainConfig config;
  config.clip_norm = 1e6;
  config.weight_decay = 0.05;
  config.epsilon = 1e-3;  // large enough to be seen
  const at::Tensor ours = parameters.Get("main").value;
  const at::Tensor theirs = ours.detach().clone().requires_grad_();
  torch::optim::AdamW reference({theirs}, torch::optim::AdamWOptions(0.01)
                                              .betas({config.beta1, config.beta2})
                                              .eps(config.epsilon)
                                              .weight_decay(config.weight_decay));
  Optimiser optimiser(parameters);
  for (int step = 1; step <= 30; ++step) {
    const at::Tensor gradient = (at::arange(210, at::kFloat) * step * 0.37).sin().view({70, 3});
    Gradient(parameters).Set("main", gradient).Apply(&optimiser, &parameters, config, 0.01, step);
    theirs.mutable_grad() = gradient.clone();
    reference.step();
  }
  EXPECT_TRUE(at::allclose(ours.detach(), theirs.detach(), 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(parameters.Get("main").bf16, ours.detach().to(at::kBFloat16)));
}

TEST(Optimiser, ClipsEachGroupApart) {
  Parameters parameters = TwoGroups();
  TrainConfig config;
  config.clip_norm = 5;
  const at::Tensor main = at::ones({70, 3}), variance = at::ones({5});
  Optimiser optimiser(parameters);
  const GradientNorms norms = Gradient(parameters)
                                  .Set("main", main * (20 / Norm(main)))
                                  .Set("variance", variance * (2 / Norm(variance)))
                                  .Apply(&optimiser, &parameters, config, 1e-3, 1);
  EXPECT_NEAR(norms.main, 20, 1e-4);
  EXPECT_NEAR(norms.variance, 2, 1e-5);
  // The mean of the gradients after one step is (1 - beta1) of what was left of them.
  const auto& entries = parameters.entries();
  EXPECT_NEAR(Norm(optimiser.mean().narrow(0, entries[0].offset, 210)), (1 - config.beta1) * 5,
              1e-5);
  EXPECT_NEAR(Norm(optimiser.mean().narrow(0, entries[1].offset, 5)), (1 - config.beta1) * 2, 1e-5);
}

TEST(Optimiser, LearnsNothingFromAGradientThatIsNotFinite) {
  Parameters parameters = TwoGroups();
  const at::Tensor before = parameters.flat().detach().clone();
  Optimiser optimiser(parameters);
  Gradient(parameters)
      .Set("main", at::full({70, 3}, std::numeric_limits<float>::quiet_NaN()))
      .Apply(&optimiser, &parameters, TrainConfig(), 1e-3, 1);
  EXPECT_TRUE(at::equal(parameters.flat().detach(), before));
  EXPECT_EQ(Norm(optimiser.mean()), 0);
}

}  // namespace
}  // namespace peekaboo::worldmodel
