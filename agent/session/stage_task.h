#pragma once

#include <memory>

#include "agent/session/command.h"
#include "agent/session/snapshot.h"
#include "agent/session/stage_history.h"
#include "sim/episode/task_layout.h"
#include "sim/render/eye.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

// What a Simulator knows of the tasks of its scenes.

/// With the picture that `eye` would see at the layout's goal. The world drew the layout, and is
/// left as it is.
std::shared_ptr<const Goal> MakeGoal(std::shared_ptr<const sim::TaskLayout> layout,
                                     sim::World* world, sim::Eye* eye, int camera);

/// The goal of that moment with a body wanted elsewhere. `world` is in that moment, and is left as
/// it is. Throws UserError for a scene that is no task, and as sim::MoveGoal does.
std::shared_ptr<const Goal> MovedGoal(const StageHistory::Entry& now, const command::MoveGoal& move,
                                      sim::World* world, sim::Eye* eye, int camera);

/// Frames of an episode, the first one too.
int EpisodeFrames(const sim::Scene& scene);

/// The world's frame in which the episode begins: a layout may be where play led to.
inline int FirstFrame(const StageHistory::Entry& entry) {
  return entry.goal ? entry.goal->layout->start.frame : 0;
}

/// What has come of the goal when `world` is in that moment; nothing where there is none.
void NoteProgress(const sim::World& world, StageHistory::Entry* now);
/// Whether a body of `world`, on the way from that moment, is in a zone that it must not enter.
bool Intrudes(const sim::World& world, const StageHistory::Entry& before);

/// An episode was acted to its end.
void Count(const StageHistory::Entry& last, TaskTally* tally);

}  // namespace peekaboo::agent
