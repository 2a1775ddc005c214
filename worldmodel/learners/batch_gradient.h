#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/learners/learner.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// The loss of one step and what it is made of.
struct LossTerms {
  double total = 0;       ///< weighted
  double prediction = 0;  ///< mean squared error of latents (or pixels), mean over horizons
  std::vector<double> by_horizon;  ///< the same, each horizon; NaN where a pixel model drew no pair
  double anti_collapse = 0;        ///< the learner's batch loss, unweighted; 0 where it has none
  double rollout = 0;              ///< mean squared error of what was imagined; NaN: nobody acted
  double inverse = 0;              ///< mean squared error of guessed actions; NaN: nobody acted
  double variance = 0;             ///< negative log-likelihood of the variance head, unweighted
  at::Tensor z;                    ///< [B, T, D] f32
  double forward_seconds = 0;      ///< of all threads together
  double backward_seconds = 0;
  double operations = 0;  ///< multiplications and additions of matrix products
};

/// Loss and gradient of a batch, clip by clip, on the calling thread's compute threads. A thread
/// takes a clip through encoder, memory and predictor and back to its latents. Threads meet; one
/// takes the learner's batch loss, which needs the latents of all clips, the others begin the sum
/// of gradients. They meet again, and each takes a clip back through the encoder; then they make
/// the encoder's part of the sum. The same bits for any number of threads. One thread at a time.
/// Internal to worldmodel.
class BatchGradient {
 public:
  /// Borrows both.
  BatchGradient(const Network& network, Learner& learner);

  /// frames [B, T, side, side, channels], as a FrameCodec packs them; actions [B, T, A] f32 or not
  /// defined (Clip::actions); `step`: steps taken before.
  LossTerms Compute(const at::Tensor& frames, const at::Tensor& actions, int64_t step);
  /// Of the last Compute.
  const GradientSum& gradient() const { return sum_; }

 private:
  const Network& network_;
  Learner& learner_;
  GradientSum sum_;
};

}  // namespace peekaboo::worldmodel
