#include "worldmodel/learners/lesson.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "worldmodel/kernels/compute.h"
#include "worldmodel/learners/optimiser.h"
#include "worldmodel/learners/trainer.h"

namespace peekaboo::worldmodel {
namespace {

/// Zeroes the gradient of what is not learned; returns the norm of the rest.
double KeepPart(const Parameters& parameters, const std::string& part, const at::Tensor& gradient) {
  double square = 0;
  for (const Parameters::Entry& entry : parameters.entries()) {
    at::Tensor piece = gradient.narrow(0, entry.offset, entry.weight.value.numel());
    if (entry.name.starts_with(part)) {
      square += piece.square().sum().item<double>();
    } else {
      piece.zero_();
    }
  }
  return std::sqrt(square);
}

}  // namespace

bool RunLesson(Parameters& parameters, const Lesson& lesson) {
  TrainConfig train;
  train.learning_rate = lesson.learning_rate;
  train.weight_decay = 0;
  train.warmup_steps = static_cast<int>(std::min<int64_t>(train.warmup_steps, lesson.steps / 10));
  Optimiser optimiser(parameters);
  GradientSum sum(parameters);
  for (int64_t step = 0; step < lesson.steps; ++step) {
    std::vector<GradientTape> tapes(lesson.lanes);
    ParallelFor(lesson.lanes,
                [&](int64_t lane) { lesson.loss(step, lane, &tapes[lane]).backward(); });
    sum.Begin();
    const auto products = sum.TakeProducts(tapes);
    ParallelFor(std::ssize(products), [&](int64_t i) { products[i](); });
    sum.Finish(tapes);
    const GradientNorms norms{KeepPart(parameters, lesson.part, sum.flat()), 0};
    const double progress = static_cast<double>(step) / static_cast<double>(lesson.steps);
    optimiser.Step(parameters, sum.flat(), norms, train, LearningRate(train, step + 1, progress),
                   step + 1);
    if (lesson.observe && !lesson.observe(step + 1)) return false;
  }
  return true;
}

}  // namespace peekaboo::worldmodel
