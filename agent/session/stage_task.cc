#include "agent/session/stage_task.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace peekaboo::agent {

std::shared_ptr<const Goal> MakeGoal(std::shared_ptr<const sim::TaskLayout> layout,
                                     sim::World* world, sim::Eye* eye, int camera) {
  auto picture =
      std::make_shared<std::vector<uint8_t>>(static_cast<size_t>(eye->height()) * eye->width() * 3);
  const sim::WorldState now = world->Save();
  world->Restore(layout->goal);
  eye->See(*world, camera, *picture);
  world->Restore(now);
  return std::make_shared<const Goal>(Goal{std::move(layout), std::move(picture)});
}

std::shared_ptr<const Goal> MovedGoal(const StageHistory::Entry& now, const command::MoveGoal& move,
                                      sim::World* world, sim::Eye* eye, int camera) {
  const sim::Scene& scene = *now.spec->scene;
  if (!now.goal) throw UserError(scene.path, "is no task: it has no goal to be moved");
  const std::string body = move.body.empty() ? scene.task.success.front().body : move.body;
  return MakeGoal(std::make_shared<const sim::TaskLayout>(
                      sim::MoveGoal(scene, *now.goal->layout, body, move.point, world)),
                  world, eye, camera);
}

int EpisodeFrames(const sim::Scene& scene) {
  if (!scene.task.exists()) return scene.frames;
  return (scene.task.wait + scene.task.actions) * scene.play.repeat + 1;
}

void NoteProgress(const sim::World& world, StageHistory::Entry* now) {
  if (!now->goal) return;
  const sim::Scene& scene = *now->spec->scene;
  const sim::TaskError error = sim::MeasureTask(scene, *now->goal->layout, world);
  now->progress.distance = error.distance;
  now->progress.turned = error.turned;
  now->progress.success = error.success;
  // As an episode of a task counts it: after an action, not before the first.
  const bool acted = now->frame > scene.task.wait * scene.play.repeat;
  if (acted && now->frame % scene.play.repeat == 0)
    now->progress.ever = now->progress.ever || error.success;
}

bool Intrudes(const sim::World& world, const StageHistory::Entry& before) {
  return before.goal && !before.goal->layout->never.empty() &&
         sim::MeasureIntrusion(*before.goal->layout, world) > 0;
}

void Count(const StageHistory::Entry& last, TaskTally* tally) {
  if (!last.goal) return;
  ++tally->episodes;
  tally->ended_solved += last.progress.success;
  tally->ever_solved += last.progress.ever;
  tally->intruded += last.progress.intruded;
}

}  // namespace peekaboo::agent
