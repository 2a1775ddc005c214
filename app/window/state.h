#pragma once

#include <string>

#include "agent/session/session.h"
#include "ui/gui.h"

namespace peekaboo::app {

/// What the window and its session show, as JSON: what tests that drive the program from outside
/// ask instead of looking at pixels. `most_gap_ms`: longest time between two frames while the stage
/// played.
std::string DescribeState(const agent::Session& session, const ui::Gui& gui,
                          const ui::Window& window, double most_gap_ms);

}  // namespace peekaboo::app
