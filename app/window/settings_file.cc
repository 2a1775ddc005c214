#include "app/window/settings_file.h"

#include <cstdlib>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/toml_file.h"

namespace peekaboo::app {

std::string SettingsPath() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder;
  // The specification: what is not absolute is to be ignored.
  if (config && *config == '/') {
    folder = config;
  } else if (home && *home) {
    folder = std::filesystem::path(home) / ".config";
  } else {
    return "";
  }
  return folder / "peekaboo" / "window.toml";
}

ui::Settings LoadSettings(const std::string& path, std::string* complaint) {
  ui::Settings settings;
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) return settings;
  try {
    const TomlFile file = TomlFile::Load(path);
    ui::Settings::Describe().Read(file.root(), &settings);
  } catch (const UserError& wrong) {
    *complaint = wrong.what();
    return {};
  }
  return settings;
}

void SaveSettings(const std::string& path, const ui::Settings& settings) {
  if (path.empty()) return;
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw UserError(folder.string(), error.message());
  AtomicFile file(path);
  file.Write("# Written by peekaboo gui when it closes.\n" +
             ui::Settings::Describe().ToToml(settings));
  file.Commit();
}

}  // namespace peekaboo::app
