#include "lab/experiment/provenance.h"

#include <fmt/format.h>
#include <mujoco/mujoco.h>
#include <sys/utsname.h>

#include <fstream>
#include <thread>

#include "base/atomic_file.h"
#include "base/random.h"

namespace peekaboo::lab {

std::string ProgramAndEngine(const Provenance& provenance) {
  return fmt::format("{}, MuJoCo {}", provenance.program, mj_versionString());
}

std::string ProgramFingerprint() {
  return fmt::format("{:016x}", Fingerprint(ReadSmallFile("/proc/self/exe")));
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
  return fmt::format("{}, {} cores, {}", processor, std::thread::hardware_concurrency(),
                     system.sysname);
}

}  // namespace peekaboo::lab
