#include "sim/scene/mujoco_error.h"

#include <mujoco/mujoco.h>

#include <mutex>

#include "base/error.h"

namespace peekaboo::sim {
namespace {

struct Log {
  std::mutex mutex;
  MujocoWarnings warnings;
};

Log& ProcessLog() {
  static Log log;
  return log;
}

void OnError(const char* text) { throw UserError("MuJoCo", text); }

void OnWarning(const char* text) {
  Log& log = ProcessLog();
  const std::lock_guard lock(log.mutex);
  ++log.warnings.count;
  log.warnings.last = text;
}

}  // namespace

void InstallMujocoErrorHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    mju_user_error = OnError;
    mju_user_warning = OnWarning;
  });
}

MujocoWarnings ReadMujocoWarnings() {
  Log& log = ProcessLog();
  const std::lock_guard lock(log.mutex);
  return log.warnings;
}

void ClearMujocoWarnings() {
  Log& log = ProcessLog();
  const std::lock_guard lock(log.mutex);
  log.warnings = {};
}

}  // namespace peekaboo::sim
