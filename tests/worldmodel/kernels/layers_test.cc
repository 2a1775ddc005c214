#include "worldmodel/kernels/layers.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "tests/worldmodel/noise.h"
#include "worldmodel/kernels/gru.h"
#include "worldmodel/kernels/horizon_loss.h"
#include "worldmodel/kernels/products.h"

namespace peekaboo::worldmodel {
namespace {

// Hand-written ways back against LibTorch's own operations and autograd, in f32.

Weight AsWeight(const at::Tensor& leaf) { return {leaf, leaf.detach().to(at::kBFloat16)}; }

// Twice the same leaves, one set for each implementation.
struct Leaves {
  explicit Leaves(const std::vector<at::Tensor>& values) {
    for (const at::Tensor& value : values) {
      ours.push_back(value.clone().requires_grad_());
      plain.push_back(value.clone().requires_grad_());
    }
  }
  void ExpectSameGradients(double relative = 1e-4, double absolute = 1e-5) const {
    for (size_t i = 0; i < ours.size(); ++i) {
      ASSERT_TRUE(ours[i].grad().defined()) << "leaf " << i;
      EXPECT_TRUE(at::allclose(ours[i].grad(), plain[i].grad(), relative, absolute))
          << "leaf " << i;
    }
  }
  std::vector<at::Tensor> ours, plain;
};

TEST(Linear, MatchesLibTorch) {
  for (const bool relu : {false, true}) {
    Leaves l({Noise({150, 12}), Noise({20, 12}, 1), Noise({20}, 2)});
    const at::Tensor ours = Linear(l.ours[0], AsWeight(l.ours[1]), AsWeight(l.ours[2]), relu);
    at::Tensor plain = at::linear(l.plain[0], l.plain[1], l.plain[2]);
    if (relu) plain = at::relu(plain);
    EXPECT_TRUE(at::allclose(ours, plain, 1e-4, 1e-5));
    const at::Tensor g = Noise({150, 20}, 3);
    (ours * g).sum().backward();
    (plain * g).sum().backward();
    l.ExpectSameGradients();
  }
}

TEST(Linear, InBf16StaysClose) {
  at::Tensor x = Noise({64, 32}), w = Noise({16, 32}, 1).requires_grad_(), b = Noise({16}, 2);
  const at::Tensor y = Linear(x.to(at::kBFloat16), AsWeight(w), AsWeight(b), true);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::allclose(y.to(at::kFloat), at::relu(at::linear(x, w, b)), 2e-2, 5e-2));
  y.sum().backward();
  EXPECT_EQ(w.grad().scalar_type(), at::kFloat);
}

struct Shape {
  int64_t images, side, in, out, kernel, stride, padding;
};

class ConvolutionTest : public ::testing::TestWithParam<Shape> {};

TEST_P(ConvolutionTest, MatchesLibTorch) {
  const Shape s = GetParam();
  for (const bool relu : {false, true}) {
    Leaves l({Noise({s.images, s.side, s.side, s.in}), Noise({s.out, s.kernel, s.kernel, s.in}, 1),
              Noise({s.out}, 2)});
    const at::Tensor ours =
        Convolution(l.ours[0], AsWeight(l.ours[1]), AsWeight(l.ours[2]), s.stride, s.padding, relu);
    at::Tensor plain = at::conv2d(l.plain[0].permute({0, 3, 1, 2}),
                                  l.plain[1].permute({0, 3, 1, 2}), l.plain[2], s.stride, s.padding)
                           .permute({0, 2, 3, 1});
    if (relu) plain = at::relu(plain);
    ASSERT_EQ(ours.sizes(), plain.sizes());
    EXPECT_TRUE(at::allclose(ours, plain, 1e-4, 1e-4));
    const at::Tensor g = Noise(ours.sizes(), 3);
    (ours * g).sum().backward();
    (plain * g).sum().backward();
    l.ExpectSameGradients(1e-3, 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvolutionTest,
                         ::testing::Values(Shape{3, 8, 5, 7, 3, 1, 1},    // the stem
                                           Shape{40, 8, 4, 6, 4, 2, 1},   // several pieces
                                           Shape{2, 6, 3, 4, 4, 2, 1},    //
                                           Shape{700, 4, 3, 5, 4, 2, 1},  // last piece not full
                                           Shape{2, 4, 8, 4, 1, 1, 0}));

// Pictures in which little moves: what stays is worked out once, the numbers are the same.
TEST(Convolution, OfVideoMatchesLibTorch) {
  at::Tensor video = Noise({1, 9, 9, 5}).repeat({6, 1, 1, 1});
  video[1].slice(0, 2, 4).slice(1, 3, 5) += 1;
  video[2].slice(0, 2, 4).slice(1, 3, 5) += 1;  // as before
  video[3].slice(0, 5, 7).slice(1, 5, 7) -= 1;
  video[5][0][0] += 2;  // a corner, after two pictures that are alike
  Leaves l({Noise({7, 3, 3, 5}, 1), Noise({7}, 2), Noise({4, 4, 4, 7}, 3), Noise({4}, 4)});
  const ConvolutionLayer layers[] = {
      {AsWeight(l.ours[0]), AsWeight(l.ours[1]), 1, 1, /*relu=*/true},
      {AsWeight(l.ours[2]), AsWeight(l.ours[3]), 2, 1, /*relu=*/true}};
  const at::Tensor ours = Convolutions(video, layers);
  at::Tensor plain = video.permute({0, 3, 1, 2});
  plain = at::relu(at::conv2d(plain, l.plain[0].permute({0, 3, 1, 2}), l.plain[1], 1, 1));
  plain = at::relu(at::conv2d(plain, l.plain[2].permute({0, 3, 1, 2}), l.plain[3], 2, 1))
              .permute({0, 2, 3, 1});
  ASSERT_EQ(ours.sizes(), plain.sizes());
  EXPECT_TRUE(at::allclose(ours, plain, 1e-4, 1e-4));
  const at::Tensor g = Noise(ours.sizes(), 5);
  (ours * g).sum().backward();
  (plain * g).sum().backward();
  l.ExpectSameGradients(1e-3, 1e-2);

  // As it says, it is worked out once.
  const auto operations = [&](const at::Tensor& x) {
    const double before = ProductOperations();
    (void)Convolutions(x, layers);
    return ProductOperations() - before;
  };
  EXPECT_LT(operations(video), 0.7 * operations(Noise(video.sizes(), 7)));
  const ConvolutionLayer* first = layers;
  EXPECT_TRUE(at::allclose(Convolutions(video.to(at::kBFloat16), {first, 1}).to(at::kFloat),
                           Convolutions(video, {first, 1}), 2e-2, 5e-2));

  at::Tensor wanted = video.clone().requires_grad_(), same = video.clone().requires_grad_();
  (Convolutions(wanted, {layers, 1}) * Noise({6, 9, 9, 7}, 6)).sum().backward();
  (at::relu(
       at::conv2d(same.permute({0, 3, 1, 2}), l.plain[0].permute({0, 3, 1, 2}), l.plain[1], 1, 1))
       .permute({0, 2, 3, 1}) *
   Noise({6, 9, 9, 7}, 6))
      .sum()
      .backward();
  EXPECT_TRUE(at::allclose(wanted.grad(), same.grad(), 1e-3, 1e-3));  // of each picture its own
}

TEST(Convolution, OfABeginningDoesNotDependOnTheEnd) {
  at::Tensor film = Noise({1, 16, 16, 48}).repeat({9, 1, 1, 1}) - 0.5;
  for (int t = 1; t < 9; ++t) film[t].slice(0, t, t + 3).slice(1, 2, 5 + t % 3) += 0.1 * t;
  at::Tensor other = film.clone();
  other[8] = Noise({16, 16, 48}, 1);
  const at::Tensor w = Noise({32, 3, 3, 48}, 1) - 0.5, b = Noise({32}, 2);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto begin = [&](const at::Tensor& x, int64_t count) {
      const at::Tensor y = Convolution(x.to(type), AsWeight(w), AsWeight(b), 1, 1, true);
      return y.narrow(0, 0, count).contiguous();
    };
    EXPECT_TRUE(at::equal(begin(film, 8), begin(other, 8)));
    for (int64_t count = 1; count < 9; ++count)
      EXPECT_TRUE(at::equal(begin(film, count), begin(film.narrow(0, 0, count), count))) << count;
  }
}

TEST(Convolution, IsTheSameWithoutAWayBack) {
  const at::Tensor x = Noise({40, 8, 8, 5});  // more windows than are gathered at a time
  const at::Tensor w = Noise({7, 3, 3, 5}, 1), b = Noise({7}, 2);
  at::Tensor kept = Convolution(x, AsWeight(w.clone().requires_grad_()), AsWeight(b), 1, 1, true);
  const at::NoGradGuard no_gradient;
  EXPECT_TRUE(at::equal(Convolution(x, AsWeight(w), AsWeight(b), 1, 1, true), kept));
  const at::Tensor one = Convolution(x.narrow(0, 0, 1), AsWeight(w), AsWeight(b), 1, 1, true);
  EXPECT_TRUE(at::equal(one, kept.narrow(0, 0, 1)));
}

TEST(Convolution, InBf16StaysClose) {
  const at::Tensor x = Noise({20, 16, 16, 48}) - 0.5;
  at::Tensor w = (Noise({64, 3, 3, 48}, 1) - 0.5) / 20, b = Noise({64}, 2);
  at::Tensor w32 = w.clone().requires_grad_();
  w.requires_grad_();
  const at::Tensor y16 = Convolution(x.to(at::kBFloat16), AsWeight(w), AsWeight(b), 1, 1, true);
  const at::Tensor y32 = Convolution(x, AsWeight(w32), AsWeight(b), 1, 1, true);
  EXPECT_TRUE(at::allclose(y16.to(at::kFloat), y32, 2e-2, 2e-2));
  y16.sum().backward();
  y32.sum().backward();
  EXPECT_LT((w.grad() - w32.grad()).norm().item<float>(), 0.02 * w32.grad().norm().item<float>());
}

TEST(GruStates, MatchLibTorch) {
  constexpr int64_t kClips = 6, kSteps = 5, kIn = 6, kSize = 8;
  Leaves l({Noise({kClips, kSteps, kIn}) - 0.5, Noise({3 * kSize, kIn}, 1) - 0.5,
            Noise({3 * kSize, kSize}, 2) - 0.5, Noise({3 * kSize}, 3) - 0.5,
            Noise({3 * kSize}, 4) - 0.5});
  const at::Tensor gates = at::linear(l.ours[0], l.ours[1], l.ours[3]);
  const at::Tensor ours = GruStates(gates, AsWeight(l.ours[2]), AsWeight(l.ours[4]));
  const at::Tensor plain = std::get<0>(at::gru(l.plain[0], at::zeros({1, kClips, kSize}),
                                               {l.plain[1], l.plain[2], l.plain[3], l.plain[4]},
                                               true, 1, 0.0, true, false, true));
  EXPECT_TRUE(at::allclose(ours, plain, 1e-4, 1e-6));
  const at::Tensor g = Noise(ours.sizes(), 5);
  (ours * g).sum().backward();
  (plain * g).sum().backward();
  l.ExpectSameGradients();
}

class HorizonLossTest : public ::testing::Test {
 protected:
  // 37 numbers: no multiple of a vector.
  const std::vector<int> horizons_ = {1, 3};
  const at::Tensor predictions_ = Noise({2, 6, 2, 37}), targets_ = Noise({2, 6, 37}, 1);

  at::Tensor Difference(const at::Tensor& p, const at::Tensor& z, int i) const {
    const int k = horizons_[i];
    return p.narrow(1, 0, 6 - k).select(2, i) - z.narrow(1, k, 6 - k);
  }
};

TEST_F(HorizonLossTest, ErrorMatchesThePlainFormula) {
  Leaves l({predictions_, targets_});
  std::vector<double> by_horizon;
  const at::Tensor ours = HorizonError(l.ours[0], l.ours[1], horizons_, &by_horizon);
  const at::Tensor first = Difference(l.plain[0], l.plain[1], 0).square().mean();
  const at::Tensor second = Difference(l.plain[0], l.plain[1], 1).square().mean();
  const at::Tensor plain = (first + second) / 2;
  EXPECT_NEAR(ours.item<float>(), plain.item<float>(), 1e-6);
  ASSERT_EQ(by_horizon.size(), 2u);
  EXPECT_NEAR(by_horizon[0], first.item<float>(), 1e-6);
  EXPECT_NEAR(by_horizon[1], second.item<float>(), 1e-6);
  (ours * 2).backward();
  (plain * 2).backward();
  l.ExpectSameGradients(1e-4, 1e-8);
}

TEST_F(HorizonLossTest, VarianceMatchesThePlainFormula) {
  const at::Tensor log_variance = Noise({2, 6, 2, 37}, 2) * 30 - 20;  // beyond both bounds
  Leaves l({log_variance});
  at::Tensor p = predictions_.clone().requires_grad_(), z = targets_.clone().requires_grad_();
  const at::Tensor ours = VarianceLoss(l.ours[0], p, z, horizons_);
  at::Tensor plain = at::zeros({});
  for (int i = 0; i < 2; ++i) {
    const at::Tensor u = l.plain[0].narrow(1, 0, 6 - horizons_[i]).select(2, i).clamp(-9, 3);
    plain = plain + (u + Difference(predictions_, targets_, i).square() / u.exp()).mean() / 2;
  }
  EXPECT_NEAR(ours.item<float>() / plain.item<float>(), 1.0, 1e-5);
  ours.backward();
  plain.backward();
  l.ExpectSameGradients(1e-4, 1e-6);
  EXPECT_FALSE(p.grad().defined());
  EXPECT_FALSE(z.grad().defined());
}

// What planning differentiates: a walk from a state, with the weights frozen, against LibTorch's
// own operations in f64.
TEST(GruStates, AWalkFromAStateHasTheGradientsOfPlainAtenInF64) {
  constexpr int64_t kClips = 3, kSteps = 7, kSize = 8;
  const at::Tensor gates = Noise({kClips, kSteps, 3 * kSize}) - 0.5;
  const at::Tensor weight = Noise({3 * kSize, kSize}, 1) - 0.5, bias = Noise({3 * kSize}, 2) - 0.5;
  const at::Tensor begin = Noise({kClips, kSize}, 3) - 0.5;
  const at::Tensor g = Noise({kClips, kSteps, kSize}, 4);

  const at::Tensor our_gates = gates.clone().requires_grad_();
  const at::Tensor our_begin = begin.clone().requires_grad_();
  const at::Tensor our_weight = weight.clone().requires_grad_();
  const at::Tensor states = GruStates(our_gates, AsWeight(our_weight), AsWeight(bias), our_begin);
  const double before = ProductOperations();
  const auto ours = torch::autograd::grad({(states * g).sum()}, {our_gates, our_begin});
  const double frozen = ProductOperations() - before;
  EXPECT_FALSE(our_weight.grad().defined());

  const at::Tensor plain_gates = gates.to(at::kDouble).requires_grad_();
  const at::Tensor plain_begin = begin.to(at::kDouble).requires_grad_();
  const at::Tensor w = weight.to(at::kDouble), b = bias.to(at::kDouble);
  at::Tensor h = plain_begin;
  std::vector<at::Tensor> walk;
  for (int64_t t = 0; t < kSteps; ++t) {
    const auto x = plain_gates.select(1, t).chunk(3, 1), s = at::linear(h, w, b).chunk(3, 1);
    const at::Tensor r = at::sigmoid(x[0] + s[0]), u = at::sigmoid(x[1] + s[1]);
    const at::Tensor n = at::tanh(x[2] + r * s[2]);
    h = (1 - u) * n + u * h;
    walk.push_back(h);
  }
  const at::Tensor plain = at::stack(walk, 1);
  EXPECT_TRUE(at::allclose(states.to(at::kDouble), plain, 1e-5, 1e-6));
  const auto exact = torch::autograd::grad({(plain * g).sum()}, {plain_gates, plain_begin});
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(at::allclose(ours[i].to(at::kDouble), exact[i], 1e-5, 1e-6)) << i;

  // With the weights' gradients it is more work.
  const at::Tensor again = GruStates(our_gates, AsWeight(our_weight), AsWeight(bias), our_begin);
  const double begun = ProductOperations();
  (again * g).sum().backward();
  EXPECT_GT(ProductOperations() - begun, frozen);
  EXPECT_TRUE(our_weight.grad().defined());
}

TEST(GruStep, IsOneStepOfTheStatesWithTheSameGradients) {
  constexpr int64_t kRows = 5, kSize = 8;
  const at::Tensor weight = Noise({3 * kSize, kSize}, 1) - 0.5, bias = Noise({3 * kSize}, 2) - 0.5;
  const at::Tensor g = Noise({kRows, kSize}, 4);
  const auto leaf = [](const at::Tensor& x) { return x.clone().requires_grad_(); };
  const at::Tensor gates = leaf(Noise({kRows, 3 * kSize}) - 0.5);
  const at::Tensor state = leaf(Noise({kRows, kSize}, 3) - 0.5);
  const at::Tensor next = GruStep(gates, at::linear(state, weight, bias), state);
  const auto ours = torch::autograd::grad({(next * g).sum()}, {gates, state});

  const at::Tensor states =
      GruStates(gates.unsqueeze(1), AsWeight(weight), AsWeight(bias), state).squeeze(1);
  EXPECT_TRUE(at::allclose(next, states, 1e-5, 1e-6));
  const auto walk = torch::autograd::grad({(states * g).sum()}, {gates, state});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(at::allclose(ours[i], walk[i], 1e-5, 1e-6)) << i;
}

TEST(Linear, FrozenWeightsGetNoGradient) {
  const at::Tensor x = Noise({48, 12}).requires_grad_();
  const at::Tensor w = Noise({20, 12}, 1).requires_grad_(), b = Noise({20}, 2).requires_grad_();
  const auto work = [&](const auto& back) {
    const at::Tensor y = Linear(x, AsWeight(w), AsWeight(b), true).sum();
    const double before = ProductOperations();
    back(y);
    return ProductOperations() - before;
  };
  const double frozen = work([&](const at::Tensor& y) { torch::autograd::grad({y}, {x}); });
  EXPECT_FALSE(w.grad().defined());
  EXPECT_EQ(frozen, 2 * 48 * 12 * 20);
  EXPECT_EQ(work([](const at::Tensor& y) { y.backward(); }), 2 * frozen);
}

}  // namespace
}  // namespace peekaboo::worldmodel
