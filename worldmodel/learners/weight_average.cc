#include "worldmodel/learners/weight_average.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/check.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

WeightAverage::WeightAverage(const WorldModel& model, int64_t steps)
    : model_(model.Clone()), steps_(steps) {
  PEEKABOO_CHECK(steps >= 0);
}

void WeightAverage::Add(const WorldModel& model) {
  PEEKABOO_CHECK(model.config() == model_.config());
  ++steps_;
  const double decay = std::min(kDecay, (1.0 + steps_) / (10.0 + steps_));
  const at::NoGradGuard no_gradient;
  Parameters& average = model_.network().parameters;
  at::Tensor flat = average.flat();
  flat.lerp_(model.network().parameters.flat(), 1 - decay);
  average.RefreshShadow();
}

}  // namespace peekaboo::worldmodel
