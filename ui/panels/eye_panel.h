#pragma once

#include "ui/panel.h"
#include "ui/picture_tile.h"

namespace peekaboo::ui {

/// What the infant sees, what it makes of that, what it had expected, and where it is surprised.
class EyePanel : public Panel {
 public:
  const char* title() const override { return "Infant's eye"; }
  void Draw(const View& view) override;

 private:
  /// The frame, darkened, with what surprises in it.
  void DrawSurprise(const View& view, const agent::TimelineEntry& moment, float size);

  PictureTile seen_, understood_, expected_, heat_;
};

}  // namespace peekaboo::ui
