#include "worldmodel/learners/acting_loss.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "tests/temp_folder.h"
#include "tests/worldmodel/acted_squares.h"
#include "tests/worldmodel/noise.h"
#include "worldmodel/learners/learner.h"
#include "worldmodel/learners/trainer.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::HasSubstr;

TEST(ActingLoss, EachStartIsComparedWithWhatCame) {
  const ModelConfig config = TinyActor();
  const Network network(config, 3);
  const int64_t frames = 11;
  const at::Tensor z = Noise({1, frames, config.LatentSize()}, 1).requires_grad_();
  const at::Tensor actions = Noise({frames, 2}, 2);
  const ForwardOutput forward = ForwardFromLatents(network, z, at::kFloat);
  ActingConfig acting;
  acting.rollout_steps = 3;
  acting.straight_weight = 0.5;
  acting.wide_weight = 2;
  const ActingLoss loss = ComputeActingLoss(network, forward, actions, acting, at::kFloat);

  const at::NoGradGuard none;
  double rollout = 0, whole = 0, inverse = 0, straight = 0;
  int straights = 0;
  for (int64_t start = 0; start < 3; ++start) {  // 6 blocks of 2 frames
    const LatentState state{forward.z.select(1, 2 * start), forward.h.select(1, 2 * start),
                            forward.z.select(1, 2 * std::max<int64_t>(0, start - 1))};
    std::vector<at::Tensor> ahead;
    for (int64_t k = 0; k < 3; ++k) ahead.push_back(actions[2 * (start + k)]);
    const auto error = [&](bool by_perceptron) {
      const Imagined imagined = network.transition.Prepare(at::kFloat, nullptr, by_perceptron)
                                    .Imagine(state, at::stack(ahead).unsqueeze(0), network.memory);
      double sum = 0;
      for (int64_t k = 0; k < 3; ++k) {
        const int64_t frame = 2 * (start + k + 1);
        sum += (imagined.z[0][k] - z[0][frame]).square().mean().item<double>() / 3;
        if (by_perceptron)
          sum += (imagined.h[0][k] - forward.h[0][frame]).square().mean().item<double>() / 3;
      }
      return sum;
    };
    rollout += error(false) / 3;
    if (start == 0) whole = error(true);  // of one start in four
  }
  for (int64_t b = 0; b + 1 < 6; ++b) {
    const at::Tensor before = z[0][2 * b].unsqueeze(0), after = z[0][2 * b + 2].unsqueeze(0);
    inverse += (network.inverse.Guess(before, after, at::kFloat)[0] - actions[2 * b])
                   .square()
                   .mean()
                   .item<double>() /
               5;
    if (b + 2 >= 6) continue;
    const at::Tensor first = z[0][2 * b + 2] - z[0][2 * b],
                     then = z[0][2 * b + 4] - z[0][2 * b + 2];
    straight += 1 - (first.dot(then) / (first.norm() * then.norm())).item<double>();
    ++straights;
  }
  straight /= straights;
  EXPECT_NEAR(loss.rollout.item<double>(), rollout, 1e-5 * rollout);
  EXPECT_NEAR(loss.inverse.item<double>(), inverse, 1e-5 * inverse);
  EXPECT_NEAR(loss.straight.item<double>(), straight, 1e-4 * straight);
  EXPECT_NEAR(loss.whole.item<double>(), whole, 1e-5 * whole);
  EXPECT_NEAR(loss.total.item<double>(),
              rollout + 2 * whole + acting.inverse_weight * inverse + 0.5 * straight, 1e-4);
}

TEST(ActingLoss, WhatThePerceptronGetsWrongLeavesLatentsAlone) {
  ModelConfig config = TinyActor();
  const auto gradient = [&](int wide) {
    config.transition_wide = wide;
    const Network network(config, 3);
    at::Tensor z = Noise({1, 12, config.LatentSize()}, 1).requires_grad_();
    ActingConfig acting;
    acting.rollout_steps = 3;
    acting.wide_weight = 1;
    ComputeActingLoss(network, ForwardFromLatents(network, z, at::kFloat), Noise({12, 2}, 2),
                      acting, at::kFloat)
        .total.backward();
    return z.grad();
  };
  EXPECT_TRUE(at::equal(gradient(40), gradient(0)));
}

TEST(ActingLoss, WhatActionsDoIsLearned) {
  WorldModel model(TinyActor(), 1);
  TrainConfig train;
  train.clips = 8;
  train.frames = 12;
  train.warmup_steps = 5;
  train.learning_rate = 4e-3;
  train.acting.wide_weight = 1;
  train.acting.rollout_steps = 3;
  Trainer trainer(model, train);
  constexpr int kSteps = 400;
  double inverse = 0;
  for (int i = 0; i < kSteps; ++i) {
    const StepReport report =
        trainer.Step(ActedSquares(model.config(), 8, 12, i), static_cast<double>(i) / kSteps);
    inverse = report.inverse;
    ASSERT_FALSE(report.skipped);
  }
  EXPECT_LT(inverse, 0.1) << "0.33 is what one knows who knows nothing";

  const Network& network = model.network();
  const Batch batch = ActedSquares(model.config(), 8, 12, 1000);
  const at::NoGradGuard none;
  const at::Tensor frames = at::from_blob(
      const_cast<std::byte*>(batch.data()),
      {8, 12, model.config().StemSize(), model.config().StemSize(), model.config().StemChannels()},
      at::kFloat);
  const at::Tensor actions =
      at::from_blob(const_cast<float*>(batch.actions()), {8, 12, 2}, at::kFloat);
  const ForwardOutput forward = Forward(network, frames);
  const LatentState start{forward.z.select(1, 4), forward.h.select(1, 4), forward.z.select(1, 2)};
  const at::Tensor ahead = at::stack({actions.select(1, 4), actions.select(1, 6)}, 1);
  const at::Tensor came = forward.z.select(1, 8);
  const auto error = [&](const at::Tensor& imagined) {
    return (imagined - came).square().mean().item<double>();
  };
  for (const bool by_perceptron : {false, true}) {
    const auto imagine = [&](const at::Tensor& actions_ahead) {
      return error(network.transition.Prepare(at::kFloat, nullptr, by_perceptron)
                       .Imagine(start, actions_ahead, network.memory)
                       .z.select(1, 1));
    };
    EXPECT_LT(imagine(ahead), 0.6 * error(start.z)) << by_perceptron;
    EXPECT_LT(imagine(ahead), 0.5 * imagine(-ahead)) << by_perceptron;
  }
}

// What is foreseen without the actions would ask latents to leave out what these do.
TEST(ActingLoss, WhatIsForeseenWithoutActionsLeavesLatentsAlone) {
  const ModelConfig config = TinyActor();
  const Network network(config, 3);
  TrainConfig train;
  train.frames = 14;
  train.acting.rollout_weight = train.acting.inverse_weight = train.acting.straight_weight = 0;
  const auto learner = MakeLearner(config, train);
  for (const bool acts : {false, true}) {
    const Clip clip{at::empty({1, 14, config.StemSize(), config.StemSize(), config.StemChannels()}),
                    acts ? Noise({14, 2}, 2) : at::Tensor()};
    const at::Tensor z = Noise({1, 14, config.LatentSize()}, 1).requires_grad_();
    EXPECT_EQ(learner->PredictionsShapeLatents(network, clip), !acts);
    ForwardOutput forward = ForwardFromLatents(network, acts ? z.detach() : z, at::kFloat);
    forward.z = z;
    learner->Loss(network, clip, forward, {0, 0, 1}, nullptr).total.backward();
    const double pull = z.grad().defined() ? z.grad().abs().max().item<double>() : 0;
    EXPECT_EQ(pull > 0, !acts);
    const at::Tensor& weight = network.parameters.Get("memory.input.weight").value;
    EXPECT_GT(weight.grad().abs().max().item<double>(), 0) << "memory learns either way";
  }
}

TEST(ActingLoss, ActionsNeedClipsThatAreLongEnough) {
  WorldModel model(TinyActor(), 1);
  TrainConfig train;
  train.frames = 13;
  EXPECT_THAT(ErrorOf([&] { Trainer(model, train); }),
              HasSubstr("train: acting.rollout_steps: 6 actions of 2 frames need clips of 14"));
}

}  // namespace
}  // namespace peekaboo::worldmodel
