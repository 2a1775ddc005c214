#pragma once

#include <mujoco/mujoco.h>

#include <memory>

#include "sim/scene/stage.h"
#include "sim/view/scene_view.h"
#include "sim/view/scenery.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// Makes views of worlds of one stage. Geoms of groups 0 and 1 are seen by people and by the
/// infant's eye, those of group 2 (a floor without end) by the eye alone, those of group 3 by
/// people alone. What the eye has no business with stands in the stage's Scenery, whose lights, if
/// it has one, are those of the view, whatever light the scene gives the eye. One thread; needs no
/// GL.
class SceneViewer {
 public:
  /// Throws UserError as LoadScenery does.
  explicit SceneViewer(const Stage& stage);
  ~SceneViewer();
  SceneViewer(const SceneViewer&) = delete;
  SceneViewer& operator=(const SceneViewer&) = delete;

  /// The world as its last frame left it.
  SceneView Capture(const World& world);

 private:
  std::shared_ptr<const Scenery> scenery_;
  mjvScene scene_;
  mjvOption visible_;
};

}  // namespace peekaboo::sim
