// Beam search through a tree whose branches are motor primitives: an action that is held for a
// while. Finds a way where small changes of the actions lead nowhere.

#include <ATen/ATen.h>

#include <algorithm>

#include "agent/planning/candidates.h"
#include "agent/planning/planner.h"

namespace peekaboo::agent {
namespace {

// Up to this many numbers an action, primitives go along several of them at once.
constexpr int64_t kMostCombined = 3;

// [P, A]: full speed back, none, and full speed forth of each number; of one at a time if there are
// many.
at::Tensor Primitives(int64_t size) {
  if (size > kMostCombined) {
    const at::Tensor each = at::eye(size);
    return at::cat({at::zeros({1, size}), each, -each});
  }
  int64_t count = 1;
  for (int64_t i = 0; i < size; ++i) count *= 3;
  at::Tensor primitives = at::empty({count, size});
  auto p = primitives.accessor<float, 2>();
  for (int64_t row = 0; row < count; ++row) {
    int64_t digits = row;
    for (int64_t i = 0; i < size; ++i, digits /= 3) p[row][i] = static_cast<float>(digits % 3 - 1);
  }
  return primitives;
}

class TreeSearch : public Planner {
 public:
  explicit TreeSearch(const TreeSearchConfig& config) : config_(config) {}

  Plan Solve(const PlanningProblem& problem, RandomStream&) const override {
    const at::NoGradGuard no_gradient;
    const int64_t size = problem.dynamics->action_size(), horizon = problem.horizon;
    const at::Tensor primitives = Primitives(size);
    BestPlan best(problem);
    // A plan there has to be, however little time there is.
    best.Offer(best.Evaluate(problem.initial.defined() ? problem.initial.clamp(-1, 1)
                                                       : at::zeros({1, horizon, size})));
    at::Tensor beam = at::zeros({1, 0, size});
    Candidates grown;
    while (beam.size(1) < horizon) {
      const int64_t held = std::min<int64_t>(config_.hold, horizon - beam.size(1));
      const int64_t paths = beam.size(0), branches = primitives.size(0);
      const at::Tensor branch =
          primitives.view({1, branches, 1, size}).expand({paths, branches, held, size});
      const at::Tensor trunk = beam.unsqueeze(1).expand({paths, branches, beam.size(1), size});
      grown = best.Evaluate(at::cat({trunk, branch}, 2).flatten(0, 1));
      if (grown.actions.size(1) == horizon) best.Offer(grown);
      beam = grown.Best(config_.width);
      if (!best.Continue()) break;
    }
    if (beam.size(1) < horizon) {
      // Time is out: what is missing is standing still.
      const at::Tensor rest = at::zeros({beam.size(0), horizon - beam.size(1), size});
      grown = best.Evaluate(at::cat({beam, rest}, 1));
      best.Offer(grown);
    }
    return best.Finish(grown, /*most=*/4);
  }

 private:
  TreeSearchConfig config_;
};

}  // namespace

const ConfigDescription<TreeSearchConfig>& TreeSearchConfig::Describe() {
  using C = TreeSearchConfig;
  static const auto description =
      ConfigDescription<C>("A beam through a tree of motor primitives.")
          .Field("hold", &C::hold, "Actions that a primitive lasts", {.min = 1, .max = 1e4})
          .Field("width", &C::width, "Paths that are followed further", {.min = 1, .max = 1e5});
  return description;
}

std::unique_ptr<Planner> MakeTreeSearch(const PlannerConfig& config) {
  return std::make_unique<TreeSearch>(config.tree);
}

}  // namespace peekaboo::agent
