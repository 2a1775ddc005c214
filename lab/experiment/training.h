#pragma once

#include <string>
#include <vector>

#include "agent/learning/learning_run.h"
#include "lab/experiment/experiment.h"

namespace peekaboo::lab {

/// What `train` and `demo` train with.
struct Training {
  worldmodel::ModelConfig model;
  worldmodel::TrainConfig train;
  agent::LearningBudget budget;
  std::vector<std::string> data;  ///< HDF5 files
  std::string out;                ///< run directory
};

/// Takes "model.horizons=[1,2]", "train.clips=8" or "budget.minutes=5". Throws UserError.
void ApplySettings(const std::vector<std::string>& settings, Training* training);

/// Records the nursery into the one file of `training.data` for all of `trainings` (which learn
/// from it in turn), or goes on; false if it was stopped. Throws UserError, before anything is
/// recorded, for what their runs would refuse.
bool RecordFor(const std::vector<Training>& trainings, int64_t episodes, int threads,
               const ExperimentContext& context);

/// Trains, or goes on. Returns the path of the finished model, "" if stopped before the end.
std::string TrainRun(const Training& training, const ExperimentContext& context);

}  // namespace peekaboo::lab
