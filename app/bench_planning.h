#pragma once

#include <string>

#include "worldmodel/model/model_config.h"

namespace peekaboo::app {

/// Registers the benchmarks of planning with a model of that shape that acts: whole plans of each
/// planner that the window may run, and rollouts by their number and length. On one thread, and on
/// `threads` where that is more.
void RegisterPlanningBenchmarks(const worldmodel::ModelConfig& model, int threads);

}  // namespace peekaboo::app
