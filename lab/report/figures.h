#pragma once

#include <string>

#include "lab/statistics/summary.h"

namespace ctemplate {
class TemplateDictionary;
}

/// Numbers as a report writes them. Any thread.
namespace peekaboo::lab {

std::string Percent(double share);  ///< "93.1", no sign; "–" for NaN
std::string PValue(double p);       ///< "<0.001", "0.012"; "–" for NaN
/// "untrained ×5", "pixel", "frame difference".
std::string ColumnTitle(const Column& column);

/// Sets VALUE ("93.1") and shows INTERVAL with LOW and HIGH ("88", "97"); only VALUE ("–") for NaN.
void SetShare(const Measured& share, ctemplate::TemplateDictionary* dictionary);

}  // namespace peekaboo::lab
