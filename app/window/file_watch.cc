#include "app/window/file_watch.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace peekaboo::app {

void FileWatch::Watch(const std::vector<std::string>& paths) {
  std::map<std::string, std::filesystem::file_time_type> dates;
  for (const std::string& path : paths) {
    const auto known = dates_.find(path);
    std::error_code error;
    const auto date =
        known == dates_.end() ? std::filesystem::last_write_time(path, error) : known->second;
    if (!error) dates.emplace(path, date);
  }
  dates_ = std::move(dates);
}

std::vector<std::string> FileWatch::TakeChanged() {
  std::vector<std::string> changed;
  for (auto& [path, date] : dates_) {
    std::error_code error;
    const auto now = std::filesystem::last_write_time(path, error);
    if (error || now == date) continue;
    date = now;
    changed.push_back(path);
  }
  return changed;
}

}  // namespace peekaboo::app
