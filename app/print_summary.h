#pragma once

#include "lab/statistics/summary.h"

namespace peekaboo::app {

/// The table of concepts on stdout, people's or machines'.
void PrintSummary(const lab::Summary& summary, bool json);

}  // namespace peekaboo::app
