#include "worldmodel/batch_gradient.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>

#include "worldmodel/compute.h"
#include "worldmodel/training_loss.h"

namespace peekaboo::worldmodel {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A clip between its way forward and its way back.
struct Lane {
  at::Tensor encoded;  // [1, T, D] f32, with the encoder's graph
  at::Tensor z;        // the same numbers as a leaf, whose gradient the rest of the network gives
  ClipLoss loss;
  double forward = 0, backward = 0;  // s
};

// Through the whole network, and back to the latents.
void PassLatents(const Network& network, const TrainConfig& config, AntiCollapse& objective,
                 const at::Tensor& frames, const ClipOfStep& clip, GradientTape* tape, Lane* lane) {
  const double start = Now();
  lane->encoded = network.encoder.Encode(frames[0], tape).view({1, frames.size(1), -1});
  lane->z = lane->encoded.detach().requires_grad_(true);
  const Outlook outlook = LookAheadFrom(network, lane->z, frames.scalar_type(), {}, tape);
  lane->loss = network.config.IsPixel() ? PixelLoss(network, config, frames, outlook, clip, tape)
                                        : JepaLoss(network, config, objective, outlook, clip, tape);
  const double middle = Now();
  lane->forward = middle - start;
  if (lane->loss.total.defined()) {
    lane->loss.total.backward();
    lane->loss.total = lane->loss.total.detach();  // frees the graph
  }
  lane->backward = Now() - middle;
}

// `more`: another gradient of the latents, or not defined.
void PassEncoder(const at::Tensor& more, Lane* lane) {
  const double start = Now();
  at::Tensor gradient = lane->z.grad();
  if (more.defined()) gradient = gradient.defined() ? gradient + more : more;
  if (gradient.defined()) lane->encoded.backward(gradient);
  lane->encoded.reset();
  lane->backward += Now() - start;
}

}  // namespace

BatchGradient::BatchGradient(const Network& network, const TrainConfig& config,
                             AntiCollapse& objective)
    : network_(network), config_(config), objective_(objective), sum_(network.parameters) {}

LossTerms BatchGradient::Compute(const at::Tensor& frames, int64_t step) {
  const int64_t clips = frames.size(0), steps = frames.size(1);
  std::vector<Lane> lanes(clips);
  std::vector<GradientTape> tapes(clips);
  ParallelFor(clips, [&](int64_t b) {
    PassLatents(network_, config_, objective_, frames.narrow(0, b, 1), {step, b, clips}, &tapes[b],
                &lanes[b]);
  });

  LossTerms terms;
  std::vector<at::Tensor> latents;
  for (const Lane& lane : lanes) latents.push_back(lane.z.detach());
  terms.z = at::cat(latents);
  at::Tensor penalty_gradient;
  if (!network_.config.IsPixel()) {
    const at::Tensor z =
        terms.z.view({clips, steps, network_.config.Patches(), -1}).detach().requires_grad_(true);
    const at::Tensor penalty = objective_.Penalty({z, step});
    terms.anti_collapse = penalty.item<float>();
    if (penalty.requires_grad()) {
      (penalty * config_.objective_weight).backward();
      penalty_gradient = z.grad().view(terms.z.sizes());
    }
  }

  const auto tasks = sum_.TakeProducts(tapes);
  std::vector<double> task_seconds(tasks.size());
  ParallelFor(clips + static_cast<int64_t>(tasks.size()), [&](int64_t i) {
    if (i < clips) {
      PassEncoder(penalty_gradient.defined() ? penalty_gradient.narrow(0, i, 1) : at::Tensor(),
                  &lanes[i]);
    } else {
      const double start = Now();
      tasks[i - clips]();
      task_seconds[i - clips] = Now() - start;
    }
  });
  sum_.Finish(tapes);

  terms.backward_seconds = std::accumulate(task_seconds.begin(), task_seconds.end(), 0.0);
  const int horizons = network_.config.Horizons();
  std::vector<double> sums(horizons);
  std::vector<int> counts(horizons);
  for (const Lane& lane : lanes) {
    for (int k = 0; k < horizons; ++k) {
      sums[k] += lane.loss.error[k];
      counts[k] += lane.loss.errors[k];
    }
    terms.variance += lane.loss.variance;
    terms.total += lane.loss.total.defined() ? lane.loss.total.item<float>() : 0;
    terms.forward_seconds += lane.forward;
    terms.backward_seconds += lane.backward;
  }
  for (int k = 0; k < horizons; ++k) {
    terms.by_horizon.push_back(counts[k] > 0 ? sums[k] / counts[k]
                                             : std::numeric_limits<double>::quiet_NaN());
  }
  terms.prediction = std::accumulate(sums.begin(), sums.end(), 0.0) /
                     std::max(1, std::accumulate(counts.begin(), counts.end(), 0));
  terms.total += terms.anti_collapse * config_.objective_weight;
  return terms;
}

}  // namespace peekaboo::worldmodel
