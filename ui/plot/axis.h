#pragma once

#include <string>
#include <vector>

namespace peekaboo::ui {

/// Pixels of the screen for one at letters of the usual size: lines grow with them. Within a frame
/// of ImGui.
float LineScale();

/// Round numbers (1, 2 or 5 times a power of ten) within [low, high], `most` or fewer, ascending.
/// Empty unless low < high, both finite.
std::vector<double> NiceTicks(double low, double high, int most);

/// As short as tells neighbours `step` apart from each other: "0.25", "12", "3k", "1.5M".
std::string TickLabel(double value, double step);

}  // namespace peekaboo::ui
