#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "worldmodel/learners/diagnostics.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// What one training step did.
struct StepReport {
  int64_t step = 0;       ///< counts from 1
  double loss = 0;        ///< all of it, weighted
  double prediction = 0;  ///< mean squared error of latents (or pixels), mean over horizons
  std::vector<double> by_horizon;     ///< [K], the same for each horizon
  double anti_collapse = 0;           ///< the anti-collapse term, unweighted
  double rollout = 0;                 ///< mean squared error of imagined latents; NaN: nobody acted
  double inverse = 0;                 ///< mean squared error of guessed actions; NaN: nobody acted
  double variance = 0;                ///< the variance head's negative log-likelihood, unweighted
  LatentStatistics latents;           ///< deviations and the copy baseline's error, on this batch
  double effective_rank = 0;          ///< RankMe of this batch's latents; NaN unless asked for
  double gradient_norm = 0;           ///< before clipping, without the variance head
  double variance_gradient_norm = 0;  ///< before clipping, the variance head alone
  double learning_rate = 0;
  bool skipped = false;         ///< a gradient was not finite: nothing was learned from this batch
  double forward_seconds = 0;   ///< of the step's wall clock, shared out by what threads spent
  double backward_seconds = 0;  ///< the same
  double optimiser_seconds = 0;
  double operations = 0;  ///< multiplications and additions of the matrix products
};

/// Trains a world model, which it borrows: the model must not be used elsewhere during a call, and
/// must neither end nor be assigned to while the trainer lives. One thread at a time, with that
/// thread's compute threads (SetComputeThreads). Every random number comes from (config.seed,
/// stream, step), none from LibTorch's generator: same weights, batches and precision on one kind
/// of processor, same result, whatever the number of threads.
class Trainer {
 public:
  /// Throws UserError when the config is not valid or does not go with the model.
  Trainer(WorldModel& model, const TrainConfig& config);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Learns from one batch. `progress` in [0, 1] says how much of the budget, steps or seconds, is
  /// spent: the learning rate follows a cosine over it, after a warm-up counted in steps.
  StepReport Step(const Batch& batch, double progress, bool measure_rank = false);

  /// Steps taken, those of earlier sessions included.
  int64_t steps() const;
  const TrainConfig& config() const;
  /// Another peak from the next step on. Throws UserError if the configuration allows no such rate.
  void SetLearningRate(double rate);

  /// Optimiser and counters, beside the weights that WorldModel::Save writes. A model and a trainer
  /// loaded from the two files go on bit for bit as if they had never stopped. Throw UserError
  /// naming file and key when the file cannot be written, is damaged, or belongs to other weights;
  /// a failed load leaves the trainer as it was.
  void SaveState(const std::string& path) const;
  void LoadState(const std::string& path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Learning rate of a step (counts from 1): linear warm-up times a cosine from 1 to final_rate.
double LearningRate(const TrainConfig& config, int64_t step, double progress);

}  // namespace peekaboo::worldmodel
