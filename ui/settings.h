#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"

namespace peekaboo::ui {

/// What a window keeps from one time to the next.
struct Settings {
  bool dark = true;
  double font_scale = 1;
  std::string layout = "watch";
  std::vector<double> watch, learn, plan;  ///< Layout::Shares; empty: as it was made
  int width = 1280, height = 720;          ///< of the window, screen coordinates

  /// The shares of a layout by its name; nullptr for one that is not kept.
  std::vector<double>* SharesOf(std::string_view layout_name) {
    return layout_name == "watch"   ? &watch
           : layout_name == "learn" ? &learn
           : layout_name == "plan"  ? &plan
                                    : nullptr;
  }

  static const ConfigDescription<Settings>& Describe();
};

}  // namespace peekaboo::ui
