#pragma once

#include <cstdint>

#include "worldmodel/model/world_model.h"

namespace peekaboo::worldmodel {

/// Exponential moving average of a model's weights over training steps (Polyak & Juditsky 1992,
/// averaging of iterates): what learning that never ends is judged by, since a learning rate that
/// never falls leaves the weights themselves wandering about the minimum. One thread at a time.
class WeightAverage {
 public:
  /// Begins at the model's weights, which count as those of `steps` steps: 0 for a model that has
  /// learned nothing, whose first weights are soon forgotten.
  WeightAverage(const WorldModel& model, int64_t steps);

  /// After a step: average += (1 - d) (weights - average), d = min(kDecay, (steps + 1) / (steps +
  /// 10)).
  void Add(const WorldModel& model);

  const WorldModel& model() const { return model_; }

  static constexpr double kDecay = 0.998;

 private:
  WorldModel model_;
  int64_t steps_;
};

}  // namespace peekaboo::worldmodel
