#pragma once

#include <string>

namespace peekaboo::ui {

/// Pixels of the screen for one at letters of the usual size: lines grow with them. Within a frame
/// of ImGui.
float LineScale();

/// As short as tells neighbours `step` apart from each other: "0.25", "12", "3k", "1.5M".
std::string TickLabel(double value, double step);

}  // namespace peekaboo::ui
