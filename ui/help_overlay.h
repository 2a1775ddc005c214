#pragma once

#include "ui/theme.h"

namespace peekaboo::ui {

/// What the keys do, from the key map's own table. `open` becomes false when it is closed.
void DrawHelp(const Theme& theme, bool* open);

}  // namespace peekaboo::ui
