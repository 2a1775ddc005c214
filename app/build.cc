#include "app/build.h"

#include <mujoco/mujoco.h>

#include <cinttypes>
#include <cstdio>

#include "base/atomic_file.h"
#include "base/random.h"
#include "peekaboo_commit.h"

namespace peekaboo::app {

const char* BuildName() { return "peekaboo " PEEKABOO_VERSION; }

std::string BuildAndEngine() { return std::string(BuildName()) + ", MuJoCo " + mj_versionString(); }

const char* BuildCommit() { return PEEKABOO_COMMIT; }

std::string BuildFingerprint() {
  char hex[17];
  std::snprintf(hex, sizeof(hex), "%016" PRIx64, Fingerprint(ReadSmallFile("/proc/self/exe")));
  return hex;
}

}  // namespace peekaboo::app
