#pragma once

#include <string>

namespace peekaboo::lab {

/// The program that runs an experiment: what it made says so.
struct Provenance {
  std::string program;  ///< "peekaboo 0.1.0"
  std::string commit;   ///< that it was built from, "-dirty" with changes on top; may be empty
};

/// "peekaboo 0.1.0, MuJoCo 2.2.2", the MuJoCo that it runs with.
std::string ProgramAndEngine(const Provenance& provenance);

/// Fingerprint of the running program's file, 16 hexadecimal digits: tells builds of one commit, or
/// of none, apart. Reads the whole file.
std::string ProgramFingerprint();

/// Processor, cores and operating system.
std::string MachineDescription();

}  // namespace peekaboo::lab
