#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>

#include "ui/imgui_compat.h"

namespace peekaboo::ui {

/// A small picture on its way to the screen: crisp pixels, no smoothing. Belongs to the window's
/// thread.
class Texture {
 public:
  Texture() = default;
  ~Texture();
  Texture(const Texture&) = delete;
  Texture& operator=(const Texture&) = delete;

  /// [H, W, 3] u8, top row first.
  void Set(std::span<const uint8_t> rgb, int width, int height, bool smooth = false);
  ImTextureID id() const { return TextureId(name_); }

 private:
  unsigned name_ = 0;
};

}  // namespace peekaboo::ui
