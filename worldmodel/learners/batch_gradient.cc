#include "worldmodel/learners/batch_gradient.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>

#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/products.h"

namespace peekaboo::worldmodel {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// What a part of a step took of the thread that did it.
struct Effort {
  double seconds = 0, operations = 0;

  Effort& operator+=(const Effort& other) {
    seconds += other.seconds;
    operations += other.operations;
    return *this;
  }
};

template <typename Part>
Effort Measured(const Part& part) {
  const double start = Now(), before = ProductOperations();
  part();
  return {Now() - start, ProductOperations() - before};
}

// A clip between its way forward and its way back.
struct Lane {
  at::Tensor encoded;  // [1, T, D] f32, with the encoder's graph
  at::Tensor z;        // the same numbers as a leaf, whose gradient the rest of the network gives
  ClipLoss loss;
  Effort forward, backward;
  bool acts = false;
};

// Through the whole network, and back to the latents.
void PassLatents(const Network& network, const Learner& learner, const Clip& clip,
                 const ClipOfStep& place, GradientTape* tape, Lane* lane) {
  const at::Tensor& frames = clip.frames;
  lane->forward = Measured([&] {
    lane->encoded = network.encoder.Encode(frames[0], tape).view({1, frames.size(1), -1});
    lane->z = lane->encoded.detach().requires_grad_(true);
    ForwardOutput forward = ForwardFromLatents(
        network, learner.PredictionsShapeLatents(network, clip) ? lane->z : lane->z.detach(),
        frames.scalar_type(), {}, tape);
    forward.z = lane->z;
    lane->loss = learner.Loss(network, clip, forward, place, tape);
  });
  lane->backward = Measured([&] {
    if (!lane->loss.total.defined()) return;
    lane->loss.total.backward();
    lane->loss.total = lane->loss.total.detach();  // frees the graph
  });
}

// `more`: another gradient of the latents, or not defined.
void PassEncoder(const at::Tensor& more, Lane* lane) {
  at::Tensor gradient = lane->z.grad();
  if (more.defined()) gradient = gradient.defined() ? gradient + more : more;
  if (gradient.defined()) lane->encoded.backward(gradient);
  lane->encoded.reset();
}

using Task = std::function<void()>;

// Runs the tasks on all threads, begun in order; returns what they took.
Effort RunAll(std::span<const Task> tasks) {
  std::vector<Effort> efforts(tasks.size());
  ParallelFor(std::ssize(tasks), [&](int64_t i) { efforts[i] = Measured(tasks[i]); });
  Effort sum;
  for (const Effort& effort : efforts) sum += effort;
  return sum;
}

}  // namespace

BatchGradient::BatchGradient(const Network& network, Learner& learner)
    : network_(network), learner_(learner), sum_(network.parameters) {}

LossTerms BatchGradient::Compute(const at::Tensor& frames, const at::Tensor& actions,
                                 int64_t step) {
  const int64_t clips = frames.size(0);
  std::vector<Lane> lanes(clips);
  std::vector<GradientTape> tapes(clips);
  ParallelFor(clips, [&](int64_t b) {
    const bool acts = actions.defined() && !std::isnan(actions[b][0][0].item<float>());
    lanes[b].acts = acts;
    const Clip clip{frames.narrow(0, b, 1), acts ? actions[b] : at::Tensor()};
    PassLatents(network_, learner_, clip, {step, b, clips}, &tapes[b], &lanes[b]);
  });

  LossTerms terms;
  std::vector<at::Tensor> latents;
  for (const Lane& lane : lanes) latents.push_back(lane.z.detach());
  terms.z = at::cat(latents);
  sum_.Begin();
  BatchTerm all;
  std::vector<Task> tasks;
  if (learner_.has_batch_loss())
    tasks.emplace_back([&] { all = learner_.BatchLoss(network_, terms.z, step); });
  std::ranges::move(sum_.TakeProducts(tapes), std::back_inserter(tasks));
  Effort backward = RunAll(tasks);
  tasks.clear();
  terms.anti_collapse = all.value;
  for (int64_t b = 0; b < clips; ++b) {
    tasks.emplace_back([&, b] {
      const at::Tensor& more = all.gradient;
      PassEncoder(more.defined() ? more.narrow(0, b, 1) : at::Tensor(), &lanes[b]);
    });
  }
  backward += RunAll(tasks);
  backward += RunAll(sum_.TakeProducts(tapes));
  sum_.Finish(tapes);

  terms.backward_seconds = backward.seconds;
  terms.operations = backward.operations;
  const int horizons = network_.config.Horizons();
  std::vector<double> sums(horizons);
  std::vector<int> counts(horizons);
  for (const Lane& lane : lanes) {
    for (int k = 0; k < horizons; ++k) {
      sums[k] += lane.loss.error[k];
      counts[k] += lane.loss.errors[k];
    }
    terms.variance += lane.loss.variance;
    terms.rollout += lane.loss.rollout;
    terms.inverse += lane.loss.inverse;
    terms.total += lane.loss.total.defined() ? lane.loss.total.item<float>() : 0;
    terms.forward_seconds += lane.forward.seconds;
    terms.backward_seconds += lane.backward.seconds;
    terms.operations += lane.forward.operations + lane.backward.operations;
  }
  // Means over the clips that act; their shares in the loss are of all.
  const auto acting = static_cast<double>(
      std::count_if(lanes.begin(), lanes.end(), [](const Lane& lane) { return lane.acts; }));
  const double more =
      acting > 0 ? static_cast<double>(clips) / acting : std::numeric_limits<double>::quiet_NaN();
  terms.rollout *= more;
  terms.inverse *= more;
  for (int k = 0; k < horizons; ++k) {
    terms.by_horizon.push_back(counts[k] > 0 ? sums[k] / counts[k]
                                             : std::numeric_limits<double>::quiet_NaN());
  }
  terms.prediction = std::accumulate(sums.begin(), sums.end(), 0.0) /
                     std::max(1, std::accumulate(counts.begin(), counts.end(), 0));
  terms.total += all.value * all.weight;
  return terms;
}

}  // namespace peekaboo::worldmodel
