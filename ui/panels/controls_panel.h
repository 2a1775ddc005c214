#pragma once

#include <string>

#include "ui/panel.h"

namespace peekaboo::ui {

/// Time, and everything about the scene that can be set.
class ControlsPanel : public Panel {
 public:
  const char* title() const override { return "Scene"; }
  void Draw(const View& view) override;

 private:
  void DrawTime(const View& view);
  void DrawTimeStep(const View& view);
  void DrawFactor(const View& view, const agent::FactorRange& factor);

  char filter_[64] = "";
};

/// The speeds that slower and faster go through, ascending.
inline constexpr double kSpeeds[] = {0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8};
/// The next of them in a direction, -1 or 1; the same at the end.
double NextSpeed(double speed, int direction);

}  // namespace peekaboo::ui
