#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace peekaboo::app {

/// Notices when files change on disk. One thread.
class FileWatch {
 public:
  /// These from now on; those that are watched already go on being watched.
  void Watch(const std::vector<std::string>& paths);
  /// Which have another date than at the last call. A file that is away is not changed: editors
  /// write anew.
  std::vector<std::string> TakeChanged();

 private:
  std::map<std::string, std::filesystem::file_time_type> dates_;
};

}  // namespace peekaboo::app
