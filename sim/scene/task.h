#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "sim/scene/factor.h"

namespace peekaboo {

class TomlFile;
class TomlTable;

}  // namespace peekaboo

namespace peekaboo::sim {

/// What a body with actuators is to bring about: a scene's [task]. A layout of the task is a state
/// to begin with and a state that is wanted; the agent is shown a picture of the latter.
struct Task {
  enum class Goal {
    kDraw,  ///< the scene's draw, with factors drawn otherwise: [task.goal]
    kPlay,  ///< where playing on leads from the start
  };
  /// When a body is where it is wanted.
  struct Success {
    std::string body;
    double within = 0;                                        ///< m, of the wanted place
    double turned = std::numeric_limits<double>::infinity();  ///< rad, of the wanted attitude
  };

  std::vector<Success> success;  ///< all must hold; empty: the scene is no task
  Goal goal = Goal::kDraw;
  std::vector<Factor> goal_factors;  ///< kDraw: what the goal has otherwise
  int ahead = 6;                     ///< kPlay: actions from the start to the goal, at most
  double apart = 0;  ///< m, the first body of `success` is at least that far from its goal
  int actions = 25;  ///< of an episode
  /// [plan] of the scene and of the files that it includes, those first: settings of whoever plans.
  std::vector<std::shared_ptr<const TomlFile>> plan;

  bool exists() const { return !success.empty(); }
};

/// What the table [task] says, into `task`. Throws UserError naming file, line and key.
void ReadTask(const TomlTable& table, Task* task);

}  // namespace peekaboo::sim
