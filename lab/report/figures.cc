#include "lab/report/figures.h"

#include <cmath>

#include "lab/report/dictionary.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {

std::string Percent(double share) { return FormatNumber(100 * share, 1); }

std::string PValue(double p) {
  if (!std::isfinite(p)) return "–";
  return p < 0.001 ? "<0.001" : FormatNumber(p, 3);
}

std::string ColumnTitle(const Column& column) {
  std::string title = ModelKindName(column.kind);
  if (column.kind == ModelKind::kFrameDifference) title = "frame difference";
  if (column.models.size() > 1) title += " ×" + std::to_string(column.models.size());
  return title;
}

void SetShare(const Measured& share, ctemplate::TemplateDictionary* dictionary) {
  dictionary->SetValue("VALUE", Percent(share.value));
  if (!std::isfinite(share.value)) return;
  // Outwards, so that 99.5 to 100 is not read as 100 to 100.
  auto* interval = dictionary->AddSectionDictionary("INTERVAL");
  interval->SetValue("LOW", FormatNumber(std::floor(100 * share.interval.low), 0));
  interval->SetValue("HIGH", FormatNumber(std::ceil(100 * share.interval.high), 0));
}

}  // namespace peekaboo::lab
