#pragma once

namespace peekaboo::ui {

/// Goes on in the line of the last item if another one, `width` pixels wide, fits there.
void ContinueLine(float width);

/// Of a button with this text, and of a field `field` pixels wide with its name behind it, pixels.
float ButtonWidth(const char* text);
float FieldWidth(float field, const char* name);

}  // namespace peekaboo::ui
