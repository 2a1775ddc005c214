#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>

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
  void Set(std::span<const uint8_t> rgb, int width, int height);
  ImTextureID id() const { return reinterpret_cast<ImTextureID>(static_cast<intptr_t>(name_)); }

 private:
  unsigned name_ = 0;
};

}  // namespace peekaboo::ui
