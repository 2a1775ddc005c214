#include "ui/settings.h"

namespace peekaboo::ui {

const ConfigDescription<Settings>& Settings::Describe() {
  static const auto description =
      ConfigDescription<Settings>("What the window keeps from one time to the next.")
          .Field("dark", &Settings::dark, "Dark colours")
          .Field("font_scale", &Settings::font_scale, "Size of letters", {.min = 0.75, .max = 2.5})
          .Field("layout", &Settings::layout, "Arrangement of panels",
                 {.choices = {"watch", "learn", "plan"}})
          .Field("watch", &Settings::watch, "Shares of columns and panels",
                 {.min = 0, .max = 1, .max_size = 16})
          .Field("learn", &Settings::learn, "Shares of columns and panels",
                 {.min = 0, .max = 1, .max_size = 16})
          .Field("plan", &Settings::plan, "Shares of columns and panels",
                 {.min = 0, .max = 1, .max_size = 16})
          .Field("width", &Settings::width, "Of the window",
                 {.unit = "pixels", .min = 320, .max = 16384})
          .Field("height", &Settings::height, "Of the window",
                 {.unit = "pixels", .min = 240, .max = 16384});
  return description;
}

}  // namespace peekaboo::ui
