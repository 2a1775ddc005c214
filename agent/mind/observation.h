#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/episode/task_layout.h"
#include "sim/render/object_truth.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {
class SceneMixture;
}  // namespace peekaboo::sim

namespace peekaboo::agent {

/// Something that people did or that a scene did to the laws of physics, at a moment.
struct Mark {
  enum class Kind {
    kBeginning,  ///< of an episode
    kEvent,      ///< the scene's own, possible or not
    kViolation,  ///< a wand, or the event of an impossible film: what ought to surprise
    kChange,     ///< a slider
  };
  Kind kind = Kind::kEvent;
  std::string text;  ///< "vanish ball"
};

/// A factor of the scene as people may set it.
struct FactorRange {
  std::string key, unit;
  std::string meaning;               ///< "sliding friction"; empty for a scene's own variable
  sim::Value value;                  ///< as it was drawn or set
  double low = 0, high = 0;          ///< where the scene draws it from; more is allowed
  std::vector<std::string> choices;  ///< of a word
  bool drawn = false;                ///< varies from draw to draw
  bool set = false;                  ///< by people
};

/// What is played: the same values give the same films.
struct EpisodeSpec {
  std::shared_ptr<const sim::SceneMixture> mixture;  ///< that the scene is one of
  std::shared_ptr<const sim::Scene> scene;
  std::shared_ptr<const sim::Stage> stage;
  std::string requested;  ///< the name or path that was asked for (a mixture, perhaps)
  std::string member;
  uint64_t seed = 0, index = 0;
  sim::Draw overrides;  ///< factors that people set
  sim::Draw draw;
  std::vector<FactorRange> factors;  ///< in the order of the scene file
};

/// What is wanted of a stage, and the picture of it that the infant is shown. Immutable.
struct Goal {
  std::shared_ptr<const sim::TaskLayout> layout;
  std::shared_ptr<const std::vector<uint8_t>> picture;  ///< [H, W, 3] u8
};

/// How far an episode of a task has come.
struct TaskProgress {
  double distance = 0;    ///< m, as sim::TaskError
  double turned = 0;      ///< rad
  bool success = false;   ///< after the last action
  bool ever = false;      ///< after some action
  bool intruded = false;  ///< a body was in a zone that it must not enter
};

/// One frame for the infant, and what is true of it. Moments count from 0 as the session goes on,
/// over all episodes; after going back, the same numbers are used again.
struct Observation {
  int64_t moment = 0;
  int64_t serial = 0;  ///< counts all frames that were shown; after going back, it goes on
  int64_t episode = 0;
  int frame = 0;                                       ///< of the episode
  double time = 0;                                     ///< s, of the episode
  double period = 0;                                   ///< s between frames
  std::shared_ptr<const std::vector<uint8_t>> pixels;  ///< [H, W, 3] u8
  std::vector<sim::ObjectTruth> objects;               ///< in the order of the scene's
  std::vector<Mark> marks;
  bool mirrored = false;                    ///< the eye sees left and right exchanged
  std::shared_ptr<const EpisodeSpec> spec;  ///< of which it is a frame
  std::vector<float> action = {};  ///< [A], that led here from the frame before; empty: none
  std::vector<double> qpos = {}, qvel = {};  ///< of the world, in MuJoCo's units
  TaskProgress progress = {};                ///< of the scene's task, where it is one
};

}  // namespace peekaboo::agent
