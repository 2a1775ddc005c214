#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace peekaboo::sim {

/// The actions of a model's body: a number from -1 to 1 for each of its actuators, in their order.
/// Whatever an actuator is (motor, servo, muscle, ...), -1 is the lowest control and 1 the highest.
struct ActionSpec {
  std::vector<std::string> names;  ///< [A], of the actuators; "actuator 3" for one without a name
  std::vector<double> low, high;   ///< [A], the control at -1 and at 1, MuJoCo's units
  /// [A], for an actuator of a hinge or slide joint whose axis keeps its direction whatever the
  /// joints do: that direction at qpos0, world frame; else zero.
  std::vector<std::array<double, 3>> axis;
  std::vector<char> turns;  ///< [A], whether that joint is a hinge

  int size() const { return static_cast<int>(names.size()); }
};

/// `ctrlrange` where a control is limited; else, of a position servo whose joint is limited, that
/// joint's range; of a muscle [0, 1]; else [-1, 1].
ActionSpec ReadActionSpec(const mjModel* model);

/// What a camera that exchanges left and right makes of each action, [A]: -1 turns it round, 1
/// leaves it as it is, 0: not known (a tendon, a joint that is neither along nor across the
/// picture's width or changes direction, a range that is not around 0). `camera`: id, -1: the free
/// camera; one that turns makes all 0.
std::vector<int> MirrorSigns(const mjModel* model, const ActionSpec& spec, int camera);

/// The controls [A] for an action [A], each number of which is first kept within [-1, 1].
/// `mirror` [A]: of MirrorSigns, where who acts sees left and right exchanged; else empty.
void ControlsFor(const ActionSpec& spec, std::span<const float> action, std::span<const int> mirror,
                 mjtNum* controls);

}  // namespace peekaboo::sim
