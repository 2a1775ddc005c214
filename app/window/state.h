#pragma once

#include <string>

#include "agent/session/session.h"
#include "ui/gui.h"

namespace peekaboo::app {

/// What the window and its session show, as JSON: what tests that drive the program from outside
/// ask instead of looking at pixels. Where things and widgets are and where the mouse is, as of the
/// last frame, is in the window's own pixels from the top left: "widgets" has for each name of
/// ui::WidgetMap [left, top, right, bottom]. `most_gap_ms`: longest time between two frames while
/// the stage played.
std::string DescribeState(const agent::Session& session, const ui::Gui& gui,
                          const ui::Window& window, double most_gap_ms);

}  // namespace peekaboo::app
