#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/statistics/summary.h"

/// Pieces of HTML that the sections of a report share. Pure; any thread.
namespace peekaboo::lab {

/// A table built cell by cell; text is escaped, numbers stand right-aligned.
class HtmlTable {
 public:
  /// `columns` heads; those named in `numeric` (true) are aligned as numbers.
  struct Head {
    std::string text;
    bool numeric = true;
  };
  explicit HtmlTable(std::vector<Head> heads);

  /// A line above the heads that names groups of columns: (text, columns it spans).
  void Group(std::string_view text, int columns);
  /// Begins a row; `rule` draws a line above it.
  void Row(bool rule = false);
  /// The next cell of the row. `html` is taken as it is: Escape what is not yours.
  void Cell(std::string_view html, std::string_view css_class = "");
  /// A cell that reaches over `rows` rows; in the rows below, Skip stands in its place.
  void TallCell(std::string_view html, int rows);
  void Skip();

  std::string Finish() const;

 private:
  std::vector<Head> heads_;
  std::string groups_;
  std::string body_;
  size_t column_ = 0;
};

std::string Percent(double share);                       ///< "93.1", no sign; "–" for NaN
std::string PercentWithInterval(const Measured& share);  ///< "93.1" and, small, "88–97"
std::string PValue(double p);                            ///< "<0.001", "0.012"
/// "untrained ×5", "pixel", "frame difference".
std::string ColumnTitle(const Column& column);

}  // namespace peekaboo::lab
