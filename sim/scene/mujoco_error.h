#pragma once

#include <cstdint>
#include <string>

namespace peekaboo::sim {

/// Makes MuJoCo's errors and warnings ours, once a process (idempotent, any thread):
/// - mju_error throws UserError("MuJoCo", text) in the thread that called MuJoCo, in place of
/// ending
///   the process. The mjData in use is then in an unknown state: reset it or throw it away.
/// - warnings are counted here, in place of being written to stderr and to MUJOCO_LOG.TXT.
void InstallMujocoErrorHandlers();

/// What MuJoCo has warned of since the process began (or since the last ClearMujocoWarnings).
/// MuJoCo's hooks carry no user pointer, so this is one count a process, behind a mutex.
struct MujocoWarnings {
  int64_t count = 0;
  std::string last;  ///< text of the newest one
};
MujocoWarnings ReadMujocoWarnings();
void ClearMujocoWarnings();

}  // namespace peekaboo::sim
