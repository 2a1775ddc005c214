#pragma once

#include <string>

namespace peekaboo {

/// Makes a folder and those above it, as far as they are missing. Throws UserError naming it.
void MakeFolder(const std::string& path);

}  // namespace peekaboo
