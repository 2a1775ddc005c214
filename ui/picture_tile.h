#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ui/texture.h"
#include "ui/theme.h"

namespace peekaboo::ui {

/// A square picture with a caption below it, in ImGui's flow. Belongs to the window's thread.
class PictureTile {
 public:
  /// [side, side, 3] u8; nullptr: an empty frame is drawn. A picture is sent to the screen once.
  using Picture = std::shared_ptr<const std::vector<uint8_t>>;

  /// `size`: of a side, pixels. `help`: when the mouse is on it.
  void Draw(const Picture& picture, const char* caption, const char* help, const Theme& theme,
            float size, bool smooth = false);

  /// What was drawn last.
  const Picture& shown() const { return shown_; }
  /// Something that was made for `picture`, drawn in its place by Draw(picture).
  void Set(const Picture& picture, const std::vector<uint8_t>& made);

 private:
  Texture texture_;
  Picture shown_;
};

}  // namespace peekaboo::ui
