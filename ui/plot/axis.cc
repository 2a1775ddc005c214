#include "ui/plot/axis.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ui/theme.h"

namespace peekaboo::ui {

float LineScale() { return ImGui::GetFontSize() / kUsualLetters; }

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
