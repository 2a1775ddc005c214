#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ui/panel.h"
#include "ui/texture.h"

namespace peekaboo::ui {

/// What the infant sees, what it makes of that, what it had expected, and where it is surprised.
class EyePanel : public Panel {
 public:
  const char* title() const override { return "Infant's eye"; }
  void Draw(const View& view) override;

 private:
  using Picture = std::shared_ptr<const std::vector<uint8_t>>;
  struct Tile {
    Texture texture;
    Picture shown;
  };

  void DrawTile(Tile* tile, const Picture& picture, const char* caption, const char* help,
                const Theme& theme, float size, bool smooth);
  /// The frame, darkened, with what surprises in it.
  void DrawSurprise(const View& view, const agent::TimelineEntry& moment, float size);

  Tile seen_, understood_, expected_, heat_;
};

}  // namespace peekaboo::ui
