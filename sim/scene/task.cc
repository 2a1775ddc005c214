#include "sim/scene/task.h"

#include <algorithm>

#include "base/toml_file.h"
#include "sim/scene/scene_parts.h"

namespace peekaboo::sim {
namespace {

Task::Success ReadSuccess(const TomlTable& table) {
  table.RejectUnknown({"body", "of", "within", "turned"});
  Task::Success success;
  success.body = table.Require<std::string>("body");
  success.of = table.Get<std::string>("of", "");
  success.within = table.Require<double>("within");
  if (!(success.within > 0)) table.Fail("within", "must be above 0 [m]");
  success.turned = table.Get("turned", success.turned);
  if (!(success.turned > 0)) table.Fail("turned", "must be above 0 [rad]");
  return success;
}

Task::Zone ReadZone(const TomlTable& table) {
  table.RejectUnknown({"body", "within", "of"});
  Task::Zone zone;
  zone.body = table.Require<std::string>("body");
  zone.within = table.Require<double>("within");
  if (!(zone.within > 0)) table.Fail("within", "must be above 0 [m]");
  zone.centre = ReadExpressions(table, "of");
  if (zone.centre.size() != 2 && zone.centre.size() != 3)
    table.Fail("of", "must be a place: [x, y] or [x, y, z]");
  return zone;
}

}  // namespace

void ReadTask(const TomlTable& table, Task* task) {
  table.RejectUnknown({"success", "goal", "ahead", "apart", "actions", "never", "wait"});
  if (table.Has("success")) {
    task->success.clear();
    for (const TomlTable& success : table.Tables("success"))
      task->success.push_back(ReadSuccess(success));
  }
  if (task->success.empty())
    table.Fail("success", "is missing: [{ body = \"block\", within = 0.1 }] says when it is done");
  if (table.Has("never")) task->never.clear();
  for (const TomlTable& zone : table.Tables("never")) task->never.push_back(ReadZone(zone));
  if (const auto goal = table.FindTable("goal")) {
    task->goal = Task::Goal::kDraw;
    task->goal_factors = ReadFactors(*goal);
  } else if (table.Has("ahead")) {
    task->goal = Task::Goal::kPlay;
  } else if (std::all_of(task->success.begin(), task->success.end(),
                         [](const Task::Success& success) { return !success.of.empty(); })) {
    task->goal = Task::Goal::kMeet;
  }
  for (const Task::Success& success : task->success) {
    if (success.of.empty() == (task->goal == Task::Goal::kMeet))
      table.Fail("success", "'of' is for tasks without a goal, and then for all that must hold");
  }
  task->ahead = table.Get("ahead", task->ahead);
  if (task->ahead < 1 || task->ahead > 4096) table.Fail("ahead", "must be from 1 to 4096 actions");
  task->apart = table.Get("apart", task->apart);
  if (!(task->apart >= 0)) table.Fail("apart", "must not be below 0 [m]");
  task->wait = table.Get("wait", task->wait);
  if (task->wait < 0 || task->wait > 65536) table.Fail("wait", "must be from 0 to 65536 actions");
  task->actions = table.Get("actions", task->actions);
  if (task->actions < 1 || task->actions > 65536) table.Fail("actions", "must be from 1 to 65536");
  if (task->goal == Task::Goal::kDraw && task->goal_factors.empty())
    table.Fail("goal",
               "is missing: [task.goal] says what the goal has otherwise, or ahead = 6 that "
               "it is 6 actions of play away, or 'of' that it is another body");
}

}  // namespace peekaboo::sim
