#pragma once

#include <vector>

namespace peekaboo {

/// Where the ticks of an axis lie.
enum class TickSpan {
  kWithin,   ///< inside [low, high]: `count` or fewer, none for an empty or broken range
  kCovering  ///< the first at or below low, the last at or above high: about `count`; those of
             ///< [0, 1] for an empty or broken range
};

/// Round numbers for the axis of a chart: multiples of a step that is 1, 2 or 5 times a power of
/// ten, ascending. Any thread.
std::vector<double> AxisTicks(double low, double high, int count, TickSpan span);

}  // namespace peekaboo
