#include "lab/experiment/provenance.h"

#include <mujoco/mujoco.h>
#include <sys/utsname.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <thread>

#include "base/atomic_file.h"
#include "base/random.h"

namespace peekaboo::lab {

std::string ProgramAndEngine(const Provenance& provenance) {
  return provenance.program + ", MuJoCo " + mj_versionString();
}

std::string ProgramFingerprint() {
  char hex[17];
  std::snprintf(hex, sizeof(hex), "%016" PRIx64, Fingerprint(ReadSmallFile("/proc/self/exe")));
  return hex;
}

std::string MachineDescription() {
  std::string processor = "unknown processor";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos) {
      processor = line.substr(line.find(": ") + 2);
      break;
    }
  }
  utsname system{};
  uname(&system);
  return processor + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         system.sysname;
}

}  // namespace peekaboo::lab
