#pragma once

#include <vector>

#include "ui/panel.h"
#include "ui/picture_tile.h"
#include "ui/plot/strip_chart.h"

namespace peekaboo::ui {

/// Who moves the body and with what planner, the goal as the infant is shown it, how far it has
/// come, how old the plan is and what it costs.
class PlanPanel : public Panel {
 public:
  const char* title() const override { return "Plan"; }
  void Draw(const View& view) override;

 private:
  void DrawModes(const View& view);
  void DrawPlanner(const View& view);
  void DrawPictures(const View& view);
  void DrawProgress(const View& view);
  void DrawCosts(const View& view);

  PictureTile goal_, now_;
  std::vector<Series> series_;
};

}  // namespace peekaboo::ui
