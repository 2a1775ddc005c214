#include "sim/scene/task.h"

#include "base/toml_file.h"
#include "sim/scene/scene_parts.h"

namespace peekaboo::sim {
namespace {

Task::Success ReadSuccess(const TomlTable& table) {
  table.RejectUnknown({"body", "within", "turned"});
  Task::Success success;
  success.body = table.Require<std::string>("body");
  success.within = table.Require<double>("within");
  if (!(success.within > 0)) table.Fail("within", "must be above 0 [m]");
  success.turned = table.Get("turned", success.turned);
  if (!(success.turned > 0)) table.Fail("turned", "must be above 0 [rad]");
  return success;
}

}  // namespace

void ReadTask(const TomlTable& table, Task* task) {
  table.RejectUnknown({"success", "goal", "ahead", "apart", "actions"});
  if (table.Has("success")) {
    task->success.clear();
    for (const TomlTable& success : table.Tables("success"))
      task->success.push_back(ReadSuccess(success));
  }
  if (task->success.empty())
    table.Fail("success", "is missing: [{ body = \"block\", within = 0.1 }] says when it is done");
  if (const auto goal = table.FindTable("goal")) {
    task->goal = Task::Goal::kDraw;
    task->goal_factors = ReadFactors(*goal);
  } else if (table.Has("ahead")) {
    task->goal = Task::Goal::kPlay;
  }
  task->ahead = table.Get("ahead", task->ahead);
  if (task->ahead < 1 || task->ahead > 4096) table.Fail("ahead", "must be from 1 to 4096 actions");
  task->apart = table.Get("apart", task->apart);
  if (!(task->apart >= 0)) table.Fail("apart", "must not be below 0 [m]");
  task->actions = table.Get("actions", task->actions);
  if (task->actions < 1 || task->actions > 65536) table.Fail("actions", "must be from 1 to 65536");
  if (task->goal == Task::Goal::kDraw && task->goal_factors.empty())
    table.Fail("goal",
               "is missing: [task.goal] says what the goal has otherwise, or ahead = 6 that "
               "it is 6 actions of play away");
}

}  // namespace peekaboo::sim
