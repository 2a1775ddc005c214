#include "lab/report/html.h"

#include <cmath>

#include "base/check.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {

HtmlTable::HtmlTable(std::vector<Head> heads) : heads_(std::move(heads)) {}

void HtmlTable::Group(std::string_view text, int columns) {
  groups_ += "<th" + std::string(text.empty() ? "" : " class=\"group\"") + " colspan=\"" +
             std::to_string(columns) + "\">" + EscapeXml(text) + "</th>";
}

void HtmlTable::Row(bool rule) {
  PEEKABOO_CHECK(body_.empty() || column_ == heads_.size());  // the row before is full
  body_ += body_.empty() ? "<tr" : "</tr>\n<tr";
  body_ += rule ? " class=\"rule\">" : ">";
  column_ = 0;
}

void HtmlTable::Cell(std::string_view html, std::string_view css_class) {
  PEEKABOO_CHECK(column_ < heads_.size());
  std::string name(css_class);
  if (heads_[column_].numeric) name += name.empty() ? "n" : " n";
  body_ += name.empty() ? "<td>" : "<td class=\"" + name + "\">";
  body_ += html;
  body_ += "</td>";
  ++column_;
}

void HtmlTable::TallCell(std::string_view html, int rows) {
  PEEKABOO_CHECK(column_ < heads_.size());
  body_ += "<td rowspan=\"" + std::to_string(rows) + "\">";
  body_ += html;
  body_ += "</td>";
  ++column_;
}

void HtmlTable::Skip() {
  PEEKABOO_CHECK(column_ < heads_.size());
  ++column_;
}

std::string HtmlTable::Finish() const {
  PEEKABOO_CHECK(body_.empty() || column_ == heads_.size());
  std::string out = "<div class=\"wide\"><table>\n<thead>";
  if (!groups_.empty()) out += "<tr>" + groups_ + "</tr>";
  out += "<tr>";
  for (const Head& head : heads_) {
    out += (head.numeric ? "<th class=\"n\">" : "<th>") + EscapeXml(head.text) + "</th>";
  }
  return out + "</tr></thead>\n<tbody>" + body_ + (body_.empty() ? "" : "</tr>") +
         "</tbody></table></div>\n";
}

std::string Percent(double share) { return FormatNumber(100 * share, 1); }

std::string PercentWithInterval(const Measured& share) {
  if (!std::isfinite(share.value)) return "–";
  // Outwards, so that 99.5 to 100 is not read as 100 to 100.
  return Percent(share.value) + " <small>" + FormatNumber(std::floor(100 * share.interval.low), 0) +
         "–" + FormatNumber(std::ceil(100 * share.interval.high), 0) + "</small>";
}

std::string PValue(double p) {
  if (!std::isfinite(p)) return "–";
  return p < 0.001 ? "&lt;0.001" : FormatNumber(p, 3);
}

std::string ColumnTitle(const Column& column) {
  std::string title = ModelKindName(column.kind);
  if (column.kind == ModelKind::kFrameDifference) title = "frame difference";
  if (column.models.size() > 1) title += " ×" + std::to_string(column.models.size());
  return title;
}

}  // namespace peekaboo::lab
