#pragma once

#include <imgui.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ui/theme.h"

namespace peekaboo::ui {

/// A line through points in three dimensions.
struct Path {
  std::vector<std::array<float, 3>> points;
  std::vector<ImU32> colours;  ///< of each point; the line to it has its colour
  float width = 1.5f;          ///< pixels, at letters of the usual size
  float dot = 2;               ///< radius of a point, likewise; 0: none
  bool dashed = false;
};

/// From which side points are looked at.
struct CloudView {
  int across = 0, up = 1;          ///< which axes a flat picture shows
  bool turned = false;             ///< all three axes, seen at an angle
  float yaw = 0.6f, pitch = 0.5f;  ///< rad, of a turned picture
  float extent = 1;                ///< half the width of what is shown, in the points' units
  std::array<float, 3> centre = {};

  /// Pixels from the middle of the picture, in units of half its smaller side: x right, y down.
  ImVec2 Project(const std::array<float, 3>& point) const;
};

/// Which point of which path lies under the mouse.
struct CloudHit {
  size_t path = 0, point = 0;
};

/// Draws paths in a square of this size at the cursor of the current ImGui window, with axes of
/// these names. Dragging turns a turned view. Returns the point under the mouse, if any.
std::optional<CloudHit> DrawCloud(const char* id, ImVec2 size, const Theme& theme,
                                  std::span<const Path> paths,
                                  const std::array<std::string, 3>& names, CloudView* view);

}  // namespace peekaboo::ui
