#include "worldmodel/model/transition.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <string>

#include "tests/worldmodel/acted_squares.h"
#include "tests/worldmodel/noise.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

Imagined Rollout(const Network& network, const LatentState& state, const at::Tensor& actions,
                 at::ScalarType type, bool whole = true) {
  return network.transition.Prepare(type, nullptr, whole).Imagine(state, actions, network.memory);
}

/// The same formulas in LibTorch's own operations and f64.
class PlainRollout {
 public:
  PlainRollout(const Network& network, bool whole) : network_(network), whole_(whole) {}

  Imagined Run(at::Tensor z, at::Tensor h, const at::Tensor& before,
               const at::Tensor& actions) const {
    std::vector<at::Tensor> seen, remembered;
    at::Tensor inner = whole_ ? Begin(z, z - before, h) : at::Tensor();
    for (int64_t step = 0; step < actions.size(1); ++step) {
      const at::Tensor action = actions.select(1, step);
      if (whole_) {
        const at::Tensor met =
            Linear(inner, "transition.meet") + Linear(action, "transition.shove");
        const at::Tensor change = Linear(met.relu(), "transition.move");
        inner = inner + change;
        z = z + Linear(change, "transition.seen");
        h = h + Linear(change, "transition.recalled");
      } else {
        z = z + Locally(z, h, action);
        h = Remember(z, h);
      }
      seen.push_back(z);
      remembered.push_back(h);
    }
    return {at::stack(seen, 1), at::stack(remembered, 1)};
  }

 private:
  at::Tensor Get(const std::string& name) const {
    return network_.parameters.Get(name).value.detach().to(at::kDouble);
  }
  at::Tensor Linear(const at::Tensor& x, const std::string& layer) const {
    return at::linear(x, Get(layer + ".weight"), Get(layer + ".bias"));
  }
  /// A convolution 3x3 of [N, C, G, G], then [N, P, C'].
  at::Tensor Near(const at::Tensor& image, const std::string& layer) const {
    return at::conv2d(image, Get(layer + ".weight").permute({0, 3, 1, 2}), Get(layer + ".bias"), 1,
                      1)
        .permute({0, 2, 3, 1})
        .flatten(1, 2);
  }
  at::Tensor Begin(const at::Tensor& z, const at::Tensor& motion, const at::Tensor& h) const {
    const at::Tensor wide = Linear(at::cat({z, motion, h}, 1), "transition.begin").relu();
    return Linear(wide, "transition.inner");
  }
  at::Tensor Locally(const at::Tensor& z, const at::Tensor& h, const at::Tensor& action) const {
    const int64_t n = z.size(0), grid = network_.config.Grid();
    const at::Tensor image = z.view({n, grid, grid, -1}).permute({0, 3, 1, 2});
    const at::Tensor near = Near(image, "transition.near");
    const at::Tensor context =
        Linear(h, "transition.context") + Linear(action, "transition.action");
    const at::Tensor position =
        Linear(at::eye(grid * grid, at::TensorOptions(at::kDouble)), "transition.position");
    const at::Tensor y = (near + context.unsqueeze(1) + position).relu();
    const at::Tensor hidden =
        Near(y.view({n, grid, grid, -1}).permute({0, 3, 1, 2}), "transition.hidden").relu();
    return Linear(hidden, "transition.out").reshape({n, -1});
  }
  at::Tensor Remember(const at::Tensor& z, const at::Tensor& h) const {
    const auto x = Linear(z, "memory.input").chunk(3, 1);
    const auto s = Linear(h, "memory.state").chunk(3, 1);
    const at::Tensor r = (x[0] + s[0]).sigmoid(), u = (x[1] + s[1]).sigmoid();
    return (1 - u) * (x[2] + r * s[2]).tanh() + u * h;
  }

  const Network& network_;
  bool whole_;
};

/// By the transition's perceptron, and by its convolutions.
class Rollouts : public ::testing::TestWithParam<bool> {
 protected:
  static ModelConfig Config() {
    ModelConfig config = TinyActor();
    if (!GetParam()) config.transition_wide = 0;
    return config;
  }
};

INSTANTIATE_TEST_SUITE_P(Transition, Rollouts, ::testing::Bool(), [](const auto& info) {
  return info.param ? "Perceptron" : "Convolutions";
});

TEST_P(Rollouts, MatchPlainOperationsAndTheirGradients) {
  const ModelConfig config = Config();
  const Network network(config, 3);
  const int64_t rows = 3, steps = 4;
  const at::Tensor z = Noise({rows, config.LatentSize()}, 1).requires_grad_();
  const at::Tensor h = Noise({rows, config.memory_size}, 2).requires_grad_();
  const at::Tensor before = Noise({rows, config.LatentSize()}, 5).requires_grad_();
  const at::Tensor actions = Noise({rows, steps, 2}, 3).requires_grad_();
  const Imagined ours = Rollout(network, {z, h, before}, actions, at::kFloat);
  ASSERT_EQ(ours.z.sizes(), (std::vector<int64_t>{rows, steps, config.LatentSize()}));
  ASSERT_EQ(ours.h.sizes(), (std::vector<int64_t>{rows, steps, config.memory_size}));

  const at::Tensor z64 = z.detach().to(at::kDouble).requires_grad_();
  const at::Tensor h64 = h.detach().to(at::kDouble).requires_grad_();
  const at::Tensor before64 = before.detach().to(at::kDouble).requires_grad_();
  const at::Tensor actions64 = actions.detach().to(at::kDouble).requires_grad_();
  const Imagined plain = PlainRollout(network, GetParam()).Run(z64, h64, before64, actions64);
  EXPECT_TRUE(at::allclose(ours.z.to(at::kDouble), plain.z, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(ours.h.to(at::kDouble), plain.h, 1e-4, 1e-5));

  const at::Tensor weight = Noise(ours.z.sizes(), 4), other = Noise(ours.h.sizes(), 6);
  ((ours.z * weight).sum() + (ours.h * other).sum()).backward();
  ((plain.z * weight.to(at::kDouble)).sum() + (plain.h * other.to(at::kDouble)).sum()).backward();
  for (const auto& [a, b] : {std::pair(z, z64), std::pair(h, h64), std::pair(before, before64),
                             std::pair(actions, actions64)}) {
    if (!a.grad().defined()) {
      EXPECT_FALSE(GetParam()) << "convolutions do not ask what moved";
      continue;
    }
    EXPECT_TRUE(at::allclose(a.grad().to(at::kDouble), b.grad(), 1e-3, 1e-5));
    EXPECT_GT(b.grad().abs().min().item<double>(), 0) << "no path ends in silence";
  }
}

TEST_P(Rollouts, GradientsAreThoseOfDifferences) {
  const ModelConfig config = Config();
  const Network network(config, 3);
  const PlainRollout plain(network, GetParam());
  const at::Tensor z = Noise({1, config.LatentSize()}, 1).to(at::kDouble);
  const at::Tensor h = Noise({1, config.memory_size}, 2).to(at::kDouble);
  const at::Tensor actions = Noise({1, 3, 2}, 3).to(at::kDouble).requires_grad_();
  const at::Tensor weight = Noise({1, 3, config.LatentSize()}, 4).to(at::kDouble);
  (plain.Run(z, h, z, actions).z * weight).sum().backward();
  const at::NoGradGuard none;
  const double step = 1e-6;
  for (int64_t t = 0; t < 3; ++t) {
    for (int64_t a = 0; a < 2; ++a) {
      const auto value = [&](double by) {
        const at::Tensor moved = actions.detach().clone();
        moved[0][t][a] += by;
        return (plain.Run(z, h, z, moved).z * weight).sum().item<double>();
      };
      EXPECT_NEAR((value(step) - value(-step)) / (2 * step), actions.grad()[0][t][a].item<double>(),
                  1e-5);
    }
  }
}

TEST_P(Rollouts, GiveFrozenWeightsNoGradient) {
  const ModelConfig config = Config();
  Network network(config, 3);
  for (const auto& entry : network.parameters.entries())
    entry.weight.value.set_requires_grad(false);
  const at::Tensor actions = Noise({2, 3, 2}, 3).requires_grad_();
  const LatentState state{Noise({2, config.LatentSize()}, 1), Noise({2, config.memory_size}, 2)};
  Rollout(network, state, actions, at::kFloat).z.square().sum().backward();
  EXPECT_GT(actions.grad().abs().min().item<float>(), 0);
  for (const auto& entry : network.parameters.entries())
    EXPECT_FALSE(entry.weight.value.grad().defined()) << entry.name;
}

TEST_P(Rollouts, TakeRowsAsWorldsOfTheirOwn) {
  const ModelConfig config = Config();
  const Network network(config, 3);
  const at::NoGradGuard none;
  const LatentState state{Noise({5, config.LatentSize()}, 1), Noise({5, config.memory_size}, 2)};
  const at::Tensor actions = Noise({5, 3, 2}, 3);
  const at::Tensor all = Rollout(network, state, actions, at::kFloat).z;
  const LatentState one{state.z.narrow(0, 2, 1), state.h.narrow(0, 2, 1)};
  const at::Tensor alone = Rollout(network, one, actions.narrow(0, 2, 1), at::kFloat).z;
  EXPECT_TRUE(at::allclose(all.narrow(0, 2, 1), alone, 1e-5, 1e-6));
}

// One row as what all begin from, and gradients that come back to it.
TEST_P(Rollouts, ManyMayBeginFromOneState) {
  const ModelConfig config = Config();
  const Network network(config, 3);
  const LatentState one{Noise({1, config.LatentSize()}, 1).requires_grad_(),
                        Noise({1, config.memory_size}, 2).requires_grad_()};
  const LatentState same{one.z.detach().repeat({5, 1}).requires_grad_(),
                         one.h.detach().repeat({5, 1}).requires_grad_()};
  const at::Tensor actions = Noise({5, 3, 2}, 3);
  const Imagined a = Rollout(network, one, actions, at::kFloat);
  const Imagined b = Rollout(network, same, actions, at::kFloat);
  EXPECT_TRUE(at::allclose(a.z, b.z, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(a.h, b.h, 1e-4, 1e-5));
  (a.z.square().sum() + a.h.square().sum()).backward();
  (b.z.square().sum() + b.h.square().sum()).backward();
  EXPECT_TRUE(at::allclose(one.z.grad(), same.z.grad().sum(0, true), 1e-3, 1e-4));
  EXPECT_TRUE(at::allclose(one.h.grad(), same.h.grad().sum(0, true), 1e-3, 1e-4));
}

TEST_P(Rollouts, InBf16AreThoseInF32ButForRounding) {
  const ModelConfig config = Config();
  const Network network(config, 3);
  const at::NoGradGuard none;
  const LatentState state{Noise({5, config.LatentSize()}, 1), Noise({5, config.memory_size}, 2)};
  const at::Tensor actions = Noise({5, 3, 2}, 3);
  const at::Tensor exact = Rollout(network, state, actions, at::kFloat).z;
  const at::Tensor rounded = Rollout(network, state, actions, at::kBFloat16).z;
  EXPECT_EQ(rounded.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::allclose(exact, rounded, 0.02, 0.02));
}

// Learning would otherwise find the mean of what moves long before it finds what moves it.
TEST_P(Rollouts, HearActionsBeforeAnythingIsLearned) {
  ModelConfig config = Config();
  config.memory_size = 256;
  const Network network(config, 3);
  const at::NoGradGuard none;
  const LatentState state{Noise({50, config.LatentSize()}, 1), Noise({50, config.memory_size}, 2)};
  const auto change = [&](double action) {
    return Rollout(network, state, at::full({50, 1, 2}, action), at::kFloat).z.select(1, 0) -
           state.z;
  };
  const double apart = (change(1) - change(-1)).norm().item<double>();
  EXPECT_GT(apart, 0.5 * change(0).norm().item<double>());
}

TEST(Rollout, ByConvolutionsDoesNotAskThePerceptron) {
  ModelConfig config = TinyActor();
  const Network both(config, 3);
  config.transition_wide = 0;
  const Network one(config, 3);
  const at::NoGradGuard none;
  const LatentState state{Noise({5, config.LatentSize()}, 1), Noise({5, config.memory_size}, 2)};
  const at::Tensor actions = Noise({5, 3, 2}, 3);
  const auto imagine = [&](const Network& network, bool whole) {
    return Rollout(network, state, actions, at::kFloat, whole).z;
  };
  EXPECT_TRUE(at::equal(imagine(both, false), imagine(one, true)));
  EXPECT_FALSE(at::allclose(imagine(both, true), imagine(both, false), 0.05, 0.05));
}

TEST(Rollout, AModelThatOnlyWatchesHasNone) {
  const Network network(TinyModel(), 3);
  EXPECT_FALSE(network.transition.exists());
  for (const auto& entry : network.parameters.entries()) {
    EXPECT_FALSE(entry.name.starts_with("transition") || entry.name.starts_with("inverse"));
  }
}

}  // namespace
}  // namespace peekaboo::worldmodel
