#include "ui/plot/axis.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "ui/theme.h"

namespace peekaboo::ui {

float LineScale() { return ImGui::GetFontSize() / kUsualLetters; }

std::string TickLabel(double value, double step) {
  const double size = std::max(std::abs(value), std::abs(step));
  const char* suffix = "";
  if (size >= 1e6) {
    value /= 1e6, step /= 1e6, suffix = "M";
  } else if (size >= 1e4) {
    value /= 1e3, step /= 1e3, suffix = "k";
  }
  if (size > 0 && size < 1e-3) return fmt::format("{:.3g}", value);
  const int digits =
      step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6) : 2;
  return fmt::format("{:.{}f}{}", value, digits, suffix);
}

}  // namespace peekaboo::ui
