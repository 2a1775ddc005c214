#include "base/shipped_folder.h"

#include <filesystem>

namespace fs = std::filesystem;

namespace peekaboo {

std::string ShippedFolder(const std::string& name) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share" / "peekaboo" / name;
  if (!error && fs::is_directory(installed, error)) return installed.string();
  return (fs::path(PEEKABOO_SOURCE_TREE) / name).string();
}

}  // namespace peekaboo
