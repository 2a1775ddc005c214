#pragma once

#include <imgui.h>

#include <string>

namespace peekaboo::ui {

/// Colours and fonts of everything that is drawn. Series colours are those of Okabe & Ito, which
/// people with any kind of colour vision tell apart.
struct Theme {
  ImU32 background, panel, frame, text, faint, grid, accent, alarm, good;
  ImU32 series[7];
  bool dark = true;

  ImU32 Series(int i) const { return series[i % 7]; }
};

const Theme& DarkTheme();
const Theme& LightTheme();

inline constexpr float kUsualLetters = 15;  ///< pixels, at scale 1

/// Makes the current ImGui context look so. `scale`: of fonts and spaces, 1 at 96 dots an inch.
void ApplyTheme(const Theme& theme, float scale);

/// Loads a font that has Latin, Greek and the signs we use, from $PEEKABOO_FONT or where
/// distributions keep DejaVu Sans; ImGui's own if there is none. Call between frames, then rebuild
/// the backend's font texture. Returns the path, empty for ImGui's own.
std::string LoadFont(float pixels);

/// The same colour with another opacity, 0 to 1.
ImU32 Faded(ImU32 colour, float alpha);

}  // namespace peekaboo::ui
