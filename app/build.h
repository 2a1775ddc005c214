#pragma once

#include <string>

namespace peekaboo::app {

/// "peekaboo 0.1.0".
const char* BuildName();

/// "peekaboo 0.1.0, MuJoCo 2.2.2", the one that it runs with: what films and results were made by.
std::string BuildAndEngine();

/// The commit that this program was built from, "-dirty" with changes on top, "" outside a
/// repository.
const char* BuildCommit();

/// Fingerprint of the running program's file: tells builds of one commit, or of none, apart.
std::string BuildFingerprint();

}  // namespace peekaboo::app
