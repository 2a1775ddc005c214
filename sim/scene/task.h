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
    kDraw,   ///< the scene's draw, with factors drawn otherwise: [task.goal]
    kPlay,   ///< where playing on leads from the start
    kMeet,   ///< another body, wherever that is: Success::of
    kGiven,  ///< positions of the joints, which somebody gave
  };
  /// When a body is where it is wanted.
  struct Success {
    std::string body;
    std::string of;     ///< kMeet: the body that it shall be at; else empty
    double within = 0;  ///< m, of the wanted place
    double turned = std::numeric_limits<double>::infinity();  ///< rad, of the wanted attitude
  };

  /// A ball (a disc, where only x and y are given) that a body's centre must never enter.
  struct Zone {
    std::string body;
    double within = 0;               ///< m, its radius
    std::vector<Expression> centre;  ///< x and y, or x, y and z [m], of what was drawn
  };

  std::vector<Success> success;  ///< all must hold; empty: the scene is no task
  std::vector<Zone> never;
  Goal goal = Goal::kDraw;
  std::vector<Factor> goal_factors;  ///< kDraw: what the goal has otherwise
  std::vector<double> goal_qpos;     ///< kGiven: [nq], MuJoCo's units
  int ahead = 6;                     ///< kPlay: actions from the start to the goal, at most
  int wait = 0;      ///< actions at the beginning in which the body with actuators rests
  double apart = 0;  ///< m, the first body of `success` is at least that far from its goal
  int actions = 25;  ///< of an episode
  /// [plan] of the scene and of the files that it includes, those first: settings of whoever plans.
  std::vector<std::shared_ptr<const TomlFile>> plan;

  bool exists() const { return !success.empty(); }
};

/// What the table [task] says, into `task`. Throws UserError naming file, line and key.
void ReadTask(const TomlTable& table, Task* task);

}  // namespace peekaboo::sim
