// Learning from clips in which a body acts.

#include "worldmodel/learners/acting_loss.h"

#include <ATen/ATen.h>

#include "base/check.h"
#include "worldmodel/model/film_states.h"

namespace peekaboo::worldmodel {
namespace {

// Velocities below this are no direction.
constexpr double kStill = 1e-3;
// The perceptron learns from one start in so many.
constexpr int64_t kEvery = 4;

at::Tensor Straightness(const at::Tensor& z) {
  const at::Tensor velocity = z.slice(0, 1) - z.slice(0, 0, -1);
  return (1 -
          at::cosine_similarity(velocity.slice(0, 0, -1), velocity.slice(0, 1).detach(), 1, kStill))
      .mean();
}

}  // namespace

const ConfigDescription<ActingConfig>& ActingConfig::Describe() {
  using C = ActingConfig;
  static const auto description =
      ConfigDescription<C>("Learning from films in which a body acts.")
          .Field("rollout_steps", &C::rollout_steps, "Actions that are imagined one after another",
                 {.min = 1, .max = 256})
          .Field("rollout_weight", &C::rollout_weight, "Weight of the error of what is imagined",
                 {.min = 0, .max = 1e4})
          .Field("wide_weight", &C::wide_weight,
                 "Weight of that error for the perceptron, which else learns afterwards",
                 {.min = 0, .max = 1e4})
          .Field("inverse_weight", &C::inverse_weight,
                 "Weight of the error of actions guessed from what they did",
                 {.min = 0, .max = 1e4})
          .Field("straight_weight", &C::straight_weight,
                 "Weight of how much the path of latents bends", {.min = 0, .max = 1e4});
  return description;
}

ActingLoss ComputeActingLoss(const Network& network, const ForwardOutput& forward,
                             const at::Tensor& actions, const ActingConfig& config,
                             at::ScalarType type, GradientTape* tape) {
  const int64_t repeat = network.config.action_repeat, steps = config.rollout_steps;
  const at::Tensor z = forward.z[0].slice(0, 0, c10::nullopt, repeat);  // [blocks, D]
  const at::Tensor h = forward.h[0].slice(0, 0, c10::nullopt, repeat);
  const at::Tensor held = actions.slice(0, 0, c10::nullopt, repeat);
  const int64_t starts = z.size(0) - steps;
  PEEKABOO_CHECK(starts > 0 && actions.size(0) == forward.z.size(1));
  ActingLoss loss;
  // [starts, steps, ...]: what follows each start.
  const at::Tensor ahead =
      held.unfold(0, steps, 1).slice(0, 0, starts).transpose(1, 2).contiguous();
  const at::Tensor seen = z.slice(0, 1).unfold(0, steps, 1).transpose(1, 2);
  const at::Tensor remembered = h.slice(0, 1).unfold(0, steps, 1).transpose(1, 2);
  const at::Tensor before = EarlierLatents(z.unsqueeze(0))[0];
  const auto error = [&](bool whole, const LatentState& state, int64_t every) {
    const auto some = [&](const at::Tensor& all) { return all.slice(0, 0, starts, every); };
    const Imagined imagined = network.transition.Prepare(type, tape, whole)
                                  .Imagine({some(state.z), some(state.h), some(state.before)},
                                           some(ahead), network.memory);
    if (!whole) return (imagined.z - some(seen)).square().mean();
    return (imagined.z - some(seen).detach()).square().mean() +
           (imagined.h - some(remembered).detach()).square().mean();
  };
  loss.rollout = error(/*whole=*/false, {z, h, before}, 1);
  loss.total = loss.rollout * config.rollout_weight;
  if (network.config.transition_wide > 0 && config.wide_weight > 0) {
    // Dear, so from few starts.
    loss.whole = error(/*whole=*/true, {z.detach(), h.detach(), before.detach()}, kEvery);
    loss.total = loss.total + loss.whole * config.wide_weight;
  }
  if (config.inverse_weight > 0) {
    const at::Tensor guess = network.inverse.Guess(z.slice(0, 0, -1), z.slice(0, 1), type, tape);
    loss.inverse = (guess - held.slice(0, 0, -1)).square().mean();
    loss.total = loss.total + loss.inverse * config.inverse_weight;
  }
  if (config.straight_weight > 0) {
    loss.straight = Straightness(z);
    loss.total = loss.total + loss.straight * config.straight_weight;
  }
  return loss;
}

}  // namespace peekaboo::worldmodel
