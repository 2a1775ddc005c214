#pragma once

#include <string>

#include "agent/session.h"
#include "ui/gui.h"

namespace peekaboo::app {

/// What the window and its session show, as JSON: what tests that drive the program from outside
/// ask instead of looking at pixels.
std::string DescribeState(const agent::Session& session, const ui::Gui& gui,
                          const ui::Window& window);

}  // namespace peekaboo::app
