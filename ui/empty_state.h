#pragma once

namespace peekaboo::ui {

/// In the middle of what is left of the current ImGui window: why there is nothing to see, and what
/// to do about it.
void DrawEmptyState(const char* why, const char* what_to_do);

}  // namespace peekaboo::ui
