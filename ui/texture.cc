#include "ui/texture.h"

#include <GL/gl.h>

#include "base/check.h"

namespace peekaboo::ui {

Texture::~Texture() {
  if (name_) glDeleteTextures(1, &name_);
}

void Texture::Set(std::span<const uint8_t> rgb, int width, int height, bool smooth) {
  PEEKABOO_CHECK(rgb.size() == static_cast<size_t>(width) * height * 3);
  if (!name_) glGenTextures(1, &name_);
  glBindTexture(GL_TEXTURE_2D, name_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, smooth ? GL_LINEAR : GL_NEAREST);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB, width, height, 0, GL_RGB, GL_UNSIGNED_BYTE, rgb.data());
  glBindTexture(GL_TEXTURE_2D, 0);
}

}  // namespace peekaboo::ui
