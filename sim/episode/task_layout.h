#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/scene/scene.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// Where a body is and how it is turned, world frame.
struct BodyPose {
  std::array<double, 3> position{};  ///< m
  std::array<double, 4> attitude{};  ///< unit quaternion, w first
};

/// A start and a goal of a task. Belongs to the world it was drawn with.
struct TaskLayout {
  WorldState start, goal;
  std::vector<BodyPose> wanted;  ///< of the bodies of Task::success, in that order
};

/// How far a world is from a goal.
struct TaskError {
  double distance = 0;  ///< m, of the first body of Task::success
  double turned = 0;    ///< rad, of that body
  bool success = false;
};

/// Layout `index` of the scene's task, other than any draw of its films. Leaves `world` at the
/// start. Layouts in which bodies overlap, or which are solved at once, or in which the goal is
/// nearer than `apart`, are drawn again. The stage was checked against the scene (Stage::Check).
/// Throws UserError after a thousand draws without a layout.
TaskLayout DrawTaskLayout(const Scene& scene, uint64_t seed, uint64_t index, World* world);

/// How far `world` is from the layout's goal now.
TaskError MeasureTask(const Scene& scene, const TaskLayout& layout, const World& world);

}  // namespace peekaboo::sim
