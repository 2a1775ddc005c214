#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/mind/configurator.h"
#include "agent/mind/observation.h"
#include "agent/mind/timeline_entry.h"
#include "agent/session/command.h"
#include "sim/render/object_truth.h"
#include "sim/scene/scene.h"
#include "sim/view/scene_view.h"

namespace peekaboo::agent {

/// Episodes of a task that were acted to their end.
struct TaskTally {
  int64_t episodes = 0, ended_solved = 0, ever_solved = 0, intruded = 0;
};

/// The stage as it is. Immutable once published.
struct StageSnapshot {
  std::shared_ptr<const EpisodeSpec> spec;  ///< nullptr before the first scene
  int64_t moment = -1;                      ///< the one shown
  int64_t oldest = 0, newest = -1;          ///< moments that can be gone back to
  int64_t episode = 0;
  int frame = 0;
  double time = 0;       ///< s, of the episode
  double period = 0;     ///< s between frames
  double time_step = 0;  ///< s, of the physics
  bool playing = false;
  double speed = 1;
  double real_time_factor = 0;  ///< measured; 0 while not playing
  command::OnEpisodeEnd on_episode_end = command::OnEpisodeEnd::kNext;
  sim::Draw factors;     ///< all that was drawn, as it now is
  std::string selected;  ///< a body, or empty
  std::vector<sim::ObjectTruth> objects;
  /// What people see of it: the frame in equal shares, the moment itself last; one if the stage
  /// stands still. Empty in a session without views.
  std::vector<std::shared_ptr<const sim::SceneView>> views;
  // Of a stage that has actuators.
  Mode mode = Mode::kWatch;
  bool lock_step = false, waits = false;  ///< it stands still until a plan is there
  std::vector<float> action;              ///< [A], that works now; empty: none
  std::optional<double> plan_age;  ///< s of simulated time since what it was planned from; no plan
  std::shared_ptr<const Goal> goal;  ///< nullptr: the scene is no task
  TaskProgress progress;             ///< of it
  TaskTally tally;                   ///< of the scene, since it was loaded
  std::optional<int64_t> kept;       ///< episodes on disk; nothing: none shall be kept

  double made_at = 0;   ///< s, by the session's clock
  double frame_ms = 0;  ///< to simulate and render a frame for the eye, mean of recent ones
};

/// What the infant means to do. Immutable once published.
struct PlanSnapshot {
  ActorConfig config;     ///< as the task and people have set it
  std::string doing;      ///< what it does before it can plan; empty: nothing
  std::string hindrance;  ///< why it cannot plan; empty: it can
  int64_t serial = -1;    ///< of the observation that it was made from; -1: none yet
  int64_t moment = -1;    ///< of that observation
  int frame = 0;          ///< likewise
  std::shared_ptr<const Goal> goal;
  std::vector<std::vector<float>> actions;  ///< [H][A]
  bool admissible = true;                   ///< no: it is not carried out
  double cost = 0;
  std::vector<double> costs;  ///< of the plans of this episode, the newest last
  /// Where the latents that it imagines lie on the axes of the readout's projection, an action
  /// each; empty without a readout.
  std::vector<worldmodel::LatentPoint> path;
  /// m, world frame: where it imagines the first body of the task, an action each; empty where
  /// places are not read.
  std::vector<std::array<double, 3>> places;
  int64_t plans = 0;        ///< since the task or the model changed
  double milliseconds = 0;  ///< a plan, mean of recent ones; 0 in Tick, where time does not count
};

/// A point of the learning curves: means over the steps since the last one.
struct LearningPoint {
  int64_t step = 0;
  double seconds = 0;  ///< of training
  double loss = 0, prediction = 0, anti_collapse = 0, variance = 0;
  std::vector<double> by_horizon;  ///< [K]
  double effective_rank = 0;
  double deviation = 0, temporal_deviation = 0;
  double copy_error = 0;
};

/// How the infant learns.
struct LearningSnapshot {
  bool on = false;
  std::string doing;  ///< "learns", "films the nursery", "sits an exam"; empty: nothing
  int64_t steps = 0;  ///< since the model was loaded
  double frames_per_second = 0;
  double learning_rate = 0;
  std::vector<LearningPoint> curve;
  std::string warning;  ///< of collapse, empty if all is well
  int64_t replay_films = 0, replay_capacity = 0;
  std::vector<std::pair<std::string, double>> mixture;        ///< scenes and their weights
  std::vector<std::shared_ptr<const ModelVersion>> versions;  ///< kept, oldest first
};

/// Something a person should read.
struct Notice {
  enum class Level { kInfo, kWarning, kError };
  Level level = Level::kInfo;
  std::string text;
  int64_t number = 0;  ///< counts from 1
};

}  // namespace peekaboo::agent
