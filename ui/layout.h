#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <vector>

#include "ui/panel.h"

namespace peekaboo::ui {

/// Panels in columns, with bars between them that can be dragged. The window's thread.
class Layout {
 public:
  /// Panels below one another.
  struct Column {
    std::vector<Panel*> panels;  ///< from the top; borrowed
    std::vector<float> shares;   ///< of the column's height, as many, summing to 1
  };
  /// `shares`: of the width, as many as columns, summing to 1.
  Layout(std::string name, std::vector<Column> columns, std::vector<float> shares);

  const std::string& name() const { return name_; }
  void Draw(const View& view, ImVec2 size);

  /// A panel, and where in the window it was drawn, pixels.
  struct Place {
    const Panel* panel;
    ImVec2 min, max;
  };
  /// What was drawn at a point of the window; nothing between panels.
  std::optional<Place> At(ImVec2 point) const;

  /// All shares in one list, to be kept: columns, then the panels of each.
  std::vector<double> Shares() const;
  /// Takes what Shares gave; anything else is left out.
  void SetShares(const std::vector<double>& shares);

 private:
  void DrawColumn(const View& view, Column* column, ImVec2 size);
  /// A bar after part `i`; dragging it moves room between that part and the next.
  static void Splitter(const Theme& theme, bool horizontal, float length, float whole,
                       std::vector<float>* shares, size_t i);

  std::string name_;
  std::vector<Column> columns_;
  std::vector<float> shares_;
  std::vector<Place> places_;  // in the last frame
};

}  // namespace peekaboo::ui
