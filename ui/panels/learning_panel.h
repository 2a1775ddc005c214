#pragma once

#include <vector>

#include "ui/panel.h"
#include "ui/plot/strip_chart.h"

namespace peekaboo::ui {

/// How the infant learns: on and off, losses, signs of collapse, what it is shown, its versions.
class LearningPanel : public Panel {
 public:
  const char* title() const override { return "Learning"; }
  void Draw(const View& view) override;

 private:
  void DrawCurves(const View& view, float height);
  void DrawMixture(const View& view);
  void DrawRate(const View& view);
  void DrawVersions(const View& view);

  std::vector<Series> series_;
};

}  // namespace peekaboo::ui
