#include "ui/plot/axis.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ui/theme.h"

namespace peekaboo::ui {

float LineScale() { return ImGui::GetFontSize() / kUsualLetters; }

std::vector<double> NiceTicks(double low, double high, int most) {
  std::vector<double> ticks;
  if (!(low < high) || !std::isfinite(high - low) || most < 1) return ticks;
  double power = std::pow(10.0, std::floor(std::log10((high - low) / most)));
  for (int tries = 0; tries < 3; ++tries, power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double step = factor * power;
      const double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
      if (last - first + 1 > most) continue;
      for (double i = first; i <= last; ++i) ticks.push_back(i == 0 ? 0 : i * step);
      return ticks;
    }
  }
  return ticks;
}

std::string TickLabel(double value, double step) {
  char text[32];
  const double size = std::max(std::abs(value), std::abs(step));
  const char* suffix = "";
  if (size >= 1e6) {
    value /= 1e6, step /= 1e6, suffix = "M";
  } else if (size >= 1e4) {
    value /= 1e3, step /= 1e3, suffix = "k";
  }
  if (size > 0 && size < 1e-3) {
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
  }
  const int digits =
      step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6) : 2;
  std::snprintf(text, sizeof text, "%.*f%s", digits, value, suffix);
  return text;
}

}  // namespace peekaboo::ui
