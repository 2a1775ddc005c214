#pragma once

#include <imgui.h>

#include <bit>
#include <cstdint>
#include <type_traits>

/// What differs between the versions of Dear ImGui that we build on (1.86 in Debian 12, newer
/// elsewhere).
namespace peekaboo::ui {

/// A texture of OpenGL as ImGui wants it named: a pointer once, a number since 1.91.
template <typename Id = ImTextureID>
Id TextureId(unsigned name) {
  if constexpr (std::is_pointer_v<Id>) {
    return std::bit_cast<Id>(static_cast<uintptr_t>(name));
  } else {
    return static_cast<Id>(name);
  }
}

}  // namespace peekaboo::ui
