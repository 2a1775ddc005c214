#pragma once

#include <vector>

#include "ui/panel.h"
#include "ui/plot/strip_chart.h"

namespace peekaboo::ui {

/// Surprise over time: every horizon and all together, the threshold, what really happened. A click
/// goes to that moment.
class SurprisePanel : public Panel {
 public:
  const char* title() const override { return "Surprise"; }
  void Draw(const View& view) override;

 private:
  void DrawLooking(const View& view);

  std::vector<Series> series_;
  int64_t asked_ = -1;
  double seconds_ = 12;  // shown
};

}  // namespace peekaboo::ui
