#pragma once

#include <cstdint>
#include <string>

#include "agent/mind/timeline_entry.h"

namespace peekaboo::agent {

/// How long an infant looks at a film, as infant laboratories measure it: from the event on until
/// it has looked away for two seconds (Baillargeon et al. 1985). Here it looks while it is more
/// surprised than kInterest times the usual.
struct LookingTime {
  static constexpr double kInterest = 1.5;  ///< TimelineEntry::surprise
  static constexpr double kLookAway = 2;    ///< s

  double seconds = 0;    ///< of looking since, looks away of less than kLookAway included
  bool looking = false;  ///< it has not looked away yet
  std::string since;     ///< what happened: the last mark that is not a slider's
  bool violation = false;
  /// Mean over the earlier episodes of the history in which no law was broken and which were long
  /// enough to look away in; NaN without any.
  double usual = 0;
};

/// As it was at a moment. Nothing has been looked at without a readout.
LookingTime MeasureLooking(const MindSnapshot& mind, int64_t moment);

}  // namespace peekaboo::agent
