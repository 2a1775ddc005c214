#include "base/axis_ticks.h"

#include <algorithm>
#include <cmath>

namespace peekaboo {
namespace {

constexpr double kRounding = 1e-9;  // of a step: a tick that misses an end by less stands on it

// The multiples first * step to last * step.
struct Grid {
  double step = 1;
  double first = 0;
  double last = -1;
};

double PowerOfTenBelow(double value) { return std::pow(10.0, std::floor(std::log10(value))); }

// The smallest step that gives at most `most` ticks.
Grid FinestWithin(double low, double high, int most) {
  double power = PowerOfTenBelow((high - low) / most);
  for (int tries = 0; tries < 3; ++tries, power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double step = factor * power;
      const Grid grid{step, std::ceil(low / step - kRounding), std::floor(high / step + kRounding)};
      if (grid.last - grid.first + 1 <= most) return grid;
    }
  }
  return {};
}

// The step nearest to a part in `count`.
Grid NearestCovering(double low, double high, int count) {
  const double part = (high - low) / count;
  const double power = PowerOfTenBelow(part);
  const double mantissa = part / power;
  const double step = power * (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10);
  return {step, std::floor(low / step + kRounding), std::ceil(high / step - kRounding)};
}

}  // namespace

std::vector<double> AxisTicks(double low, double high, int count, TickSpan span) {
  const bool covering = span == TickSpan::kCovering;
  if (count < 1 && !covering) return {};
  count = std::max(count, 1);
  if (!(low < high) || !std::isnormal((high - low) / count)) {
    if (!covering) return {};
    low = 0;
    high = 1;
  }
  const Grid grid = covering ? NearestCovering(low, high, count) : FinestWithin(low, high, count);
  std::vector<double> ticks;
  const int steps = static_cast<int>(grid.last - grid.first);
  for (int i = 0; i <= steps; ++i) ticks.push_back((grid.first + i) * grid.step);
  return ticks;
}

}  // namespace peekaboo
