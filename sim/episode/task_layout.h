#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/scene/scene.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// Where a body is and how it is turned, world frame.
struct BodyPose {
  std::array<double, 3> position{};  ///< m
  std::array<double, 4> attitude{};  ///< unit quaternion, w first
};

/// A zone that a body must not enter, where this layout has it.
struct PlacedZone {
  std::string body;
  std::vector<double> centre;  ///< m, x and y, or x, y and z
  double within = 0;           ///< m
};

/// A start and a goal of a task. Belongs to the world it was drawn with.
struct TaskLayout {
  Draw draw;  ///< of the start: what a world is reset to before it is restored to either
  WorldState start, goal;
  std::vector<BodyPose> wanted;  ///< of the bodies of Task::success, in that order
  std::vector<PlacedZone> never;
};

/// How far a world is from a goal.
struct TaskError {
  double distance = 0;  ///< m, of the first body of Task::success
  double turned = 0;    ///< rad, of that body
  bool success = false;
};

/// Layout `index` of the scene's task, other than any draw of its films. Leaves `world` at the
/// start. Layouts in which bodies overlap, or which are solved at once, or in which the goal is
/// nearer than `apart`, or start or goal lie in a zone, are drawn again. The stage was checked
/// against the scene (Stage::Check). `overrides`: factors that have these values instead of being
/// drawn. Throws UserError after a thousand draws without a layout.
TaskLayout DrawTaskLayout(const Scene& scene, uint64_t seed, uint64_t index, World* world,
                          const Draw& overrides = {});

/// The layout with another goal: the body of that name, of those of Task::success, is as near to
/// `point` [m, world frame] as its joints allow. `world`: the one that drew it; left as it is.
/// Throws UserError for another body, a point that is not finite, and a task whose goal is where
/// another body is.
TaskLayout MoveGoal(const Scene& scene, const TaskLayout& layout, const std::string& body,
                    const std::array<double, 3>& point, World* world);

/// m, how deep a body is now in a zone that it must not enter; below 0: none is in any.
double MeasureIntrusion(const TaskLayout& layout, const World& world);

/// How far `world` is from the layout's goal now.
TaskError MeasureTask(const Scene& scene, const TaskLayout& layout, const World& world);

}  // namespace peekaboo::sim
