#pragma once

#include <string>

namespace peekaboo {

/// A folder that comes with the program, "scenes" or "models": ../share/peekaboo/NAME as seen from
/// the folder of an installed program, otherwise NAME in the source tree that it was built from.
std::string ShippedFolder(const std::string& name);

}  // namespace peekaboo
