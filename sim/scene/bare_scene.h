#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/scene/scene.h"

namespace peekaboo::sim {

/// How a bare scene is filmed.
struct BareSceneOptions {
  double frame_hz = 12.5;  ///< 1/s, rounded so that a frame holds whole steps of the model
  int frames = 0;          ///< of a film; 0: two minutes
  Play::Kind play = Play::Kind::kSmooth;  ///< where the model has actuators
};

/// A stage as its model has it, of which nothing is drawn and where nothing is asked, for who has
/// an MJCF and no scene file yet: two minutes, seen through the camera "audience", the first there
/// is, or MuJoCo's free camera; all bodies that move as objects. Throws UserError as Stage::Load
/// does.
std::shared_ptr<const Scene> BareScene(const std::string& model,
                                       const BareSceneOptions& options = {});

/// A task for a bare scene with actuators, `scene`: all bodies that move, at any depth, shall be
/// where `goal_qpos` [nq] has them, or, where that is empty, where 12 actions of play lead to; each
/// within a tenth of the model's extent (mjStatistic), and, where a hinge or ball joint turns it,
/// turned to 0.2 rad, in 24 actions. The first of Task::success hangs furthest from the world.
/// Throws UserError if nothing moves.
std::shared_ptr<const Scene> BareTask(const std::shared_ptr<const Scene>& scene,
                                      std::vector<double> goal_qpos);

/// Whether a scene is named by the path of an MJCF.
bool IsBareScene(const std::string& scene);

}  // namespace peekaboo::sim
