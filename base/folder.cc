#include "base/folder.h"

#include <filesystem>

#include "base/error.h"

namespace peekaboo {

void MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw UserError(path, "cannot be made: " + error.message());
}

}  // namespace peekaboo
