#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ui/panel.h"

namespace peekaboo::ui {

/// A row of the table of panels: a new one is a file and a row here, and a place in a layout.
struct PanelType {
  const char* name;  ///< as layouts call it
  std::unique_ptr<Panel> (*make)();
};
std::span<const PanelType> PanelTypes();

/// Which panels a layout shows, in columns from left to right, each from the top.
struct LayoutType {
  /// Panels below one another.
  struct Column {
    std::vector<const char*> panels;  ///< PanelType::name
    std::vector<float> shares;        ///< of the column's height, summing to 1
  };
  const char* name;
  std::vector<Column> columns;
  std::vector<float> shares;  ///< of the window's width, summing to 1
};
/// The first is the one that a window begins with.
std::span<const LayoutType> LayoutTypes();

}  // namespace peekaboo::ui
