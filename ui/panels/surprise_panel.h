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
  ChartOptions Axes(const View& view) const;
  void FillSeries(const View& view, const ChartOptions& axes);
  static void AddMarks(const View& view, ChartOptions* options);
  void HandleInput(const View& view, const ChartInput& input);

  std::vector<Series> series_;
  int64_t asked_ = -1;
  double seconds_ = 12;  // shown
};

}  // namespace peekaboo::ui
