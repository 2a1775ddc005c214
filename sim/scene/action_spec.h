#pragma once

#include <mujoco/mujoco.h>

#include <span>
#include <string>
#include <vector>

namespace peekaboo::sim {

/// The actions of a model's body: a number from -1 to 1 for each of its actuators, in their order.
/// Whatever an actuator is (motor, servo, muscle, ...), -1 is the lowest control and 1 the highest.
struct ActionSpec {
  std::vector<std::string> names;  ///< [A], of the actuators; "actuator 3" for one without a name
  std::vector<double> low, high;   ///< [A], the control at -1 and at 1, MuJoCo's units
  /// [A], what a camera that exchanges left and right makes of the action: -1 turns it round, 1
  /// leaves it as it is, 0: not known (a tendon, a joint that is neither along nor across x, ...).
  std::vector<int> mirror;

  int size() const { return static_cast<int>(names.size()); }
};

/// `ctrlrange` where a control is limited; else, of a position servo whose joint is limited, that
/// joint's range; of a muscle [0, 1]; else [-1, 1].
ActionSpec ReadActionSpec(const mjModel* model);

/// The controls [A] for an action [A], each number of which is first kept within [-1, 1].
/// `mirrored`: the eye sees left and right exchanged, and so does who acts.
void ControlsFor(const ActionSpec& spec, std::span<const float> action, bool mirrored,
                 mjtNum* controls);

}  // namespace peekaboo::sim
