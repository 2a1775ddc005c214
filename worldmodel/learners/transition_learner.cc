#include "worldmodel/learners/transition_learner.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/learners/lesson.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kLane = 96;  // starts of one piece of a step; fewer multiply slowly
constexpr int64_t kWider = 4;  // draws from which one of the worst is taken
constexpr float kUntried = 1e9f;

/// Draws starts, and remembers how well what followed each was imagined.
class StartSource {
 public:
  StartSource(const ActedFilms& films, int64_t steps)
      : length_(films.z.size(1)),
        starts_(length_ - steps),
        errors_(static_cast<size_t>(films.z.size(0) * starts_), kUntried) {}

  std::vector<int64_t> Draw(RandomStream& random, int64_t count) const {
    std::vector<int64_t> drawn;
    const auto draw = [&] { return static_cast<int64_t>(random.Below(errors_.size())); };
    for (int64_t i = 0; i < count; ++i) {
      int64_t best = draw();
      for (int64_t k = 1; k < kWider && i % 2 == 1; ++k) {
        const int64_t other = draw();
        if (errors_[other] > errors_[best]) best = other;
      }
      drawn.push_back(best);
    }
    return drawn;
  }
  void Note(int64_t start, float error) { errors_[start] = error; }

  /// Row of films flattened over films and moments.
  int64_t Row(int64_t start) const { return start / starts_ * length_ + start % starts_; }

 private:
  int64_t length_, starts_;
  std::vector<float> errors_;  // squared, of the rollout from each start, when last tried
};

}  // namespace

const ConfigDescription<TransitionConfig>& TransitionConfig::Describe() {
  using C = TransitionConfig;
  static const auto description =
      ConfigDescription<C>("Learning what actions lead to, after all that needs the encoder.")
          .Field("steps", &C::steps,
                 "Steps; 0: nothing is learned so (the perceptron then needs acting.wide_weight)",
                 {.min = 0, .max = 1e7})
          .Field("starts", &C::starts, "Rollouts a step", {.min = 2, .max = 65536})
          .Field("rollout_steps", &C::rollout_steps, "Actions of each", {.min = 1, .max = 256})
          .Field("learning_rate", &C::learning_rate, "Peak of the learning rate",
                 {.min = 0, .max = 1});
  return description;
}

bool LearnTransition(WorldModel& model, const ActedFilms& films, const TransitionConfig& config,
                     uint64_t seed, const std::function<bool(int64_t step)>& observe) {
  Network& network = model.network();
  const int64_t length = config.rollout_steps;
  PEEKABOO_CHECK(network.transition.exists() && films.z.size(1) > length);
  const at::ScalarType type = ToScalarType(network.config.ProductPrecision());
  const at::Tensor z = films.z.flatten(0, 1), h = films.h.flatten(0, 1),
                   actions = films.actions.flatten(0, 1);
  StartSource source(films, length);
  std::vector<int64_t> starts;  // of the step under way
  std::vector<at::Tensor> errors((config.starts + kLane - 1) / kLane);
  const auto draw = [&](int64_t step) {
    RandomStream random(seed, "transition", static_cast<uint64_t>(step));
    starts = source.Draw(random, config.starts);
  };
  Lesson lesson;
  lesson.part = "transition.";
  lesson.steps = config.steps;
  lesson.learning_rate = config.learning_rate;
  lesson.lanes = std::ssize(errors);
  lesson.loss = [&](int64_t, int64_t lane, GradientTape* tape) {
    const int64_t first = lane * kLane, count = std::min(kLane, config.starts - first);
    std::vector<int64_t> rows, earlier;
    for (int64_t i = 0; i < count; ++i) {
      rows.push_back(source.Row(starts[first + i]));
      const bool begins = rows.back() % films.z.size(1) == 0;
      earlier.push_back(rows.back() - (begins ? 0 : 1));
    }
    const at::Tensor row = at::tensor(rows);
    const at::Tensor ahead = row.unsqueeze(1) + at::arange(length).unsqueeze(0);
    const auto gather = [&](const at::Tensor& from, const at::Tensor& index) {
      return from.index_select(0, index.flatten()).view({count, length, -1});
    };
    const LatentState start{z.index_select(0, row), h.index_select(0, row),
                            z.index_select(0, at::tensor(earlier))};
    const Imagined imagined = network.transition.Prepare(type, tape)
                                  .Imagine(start, gather(actions, ahead), network.memory);
    at::Tensor error = (imagined.z - gather(z, ahead + 1)).square().mean({1, 2});
    errors[lane] = error.detach();
    if (network.config.transition_wide > 0)  // else the memory itself makes them of the latents
      error = error + (imagined.h - gather(h, ahead + 1)).square().mean({1, 2});
    return error.sum() / static_cast<double>(config.starts);
  };
  lesson.observe = [&](int64_t step) {
    for (int64_t i = 0; i < config.starts; ++i)
      source.Note(starts[i], errors[i / kLane].data_ptr<float>()[i % kLane]);
    draw(step);
    return !observe || observe(step);
  };
  draw(0);
  return RunLesson(network.parameters, lesson);
}

}  // namespace peekaboo::worldmodel
