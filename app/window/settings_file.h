#pragma once

#include <string>

#include "ui/settings.h"

namespace peekaboo::app {

/// $XDG_CONFIG_HOME/peekaboo/window.toml, or below ~/.config; empty where there is no home.
std::string SettingsPath();

/// Those of the file, or as new if there is none. `complaint` says what is wrong with a damaged
/// file, which is then left as it is.
ui::Settings LoadSettings(const std::string& path, std::string* complaint);

/// Replaces the file as a whole, making its folder. Throws UserError.
void SaveSettings(const std::string& path, const ui::Settings& settings);

}  // namespace peekaboo::app
