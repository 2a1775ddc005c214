#include "sim/media/image.h"

#include <png.h>

#include <algorithm>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/error.h"

namespace peekaboo::sim {
namespace {

constexpr int kGap = 1;  // pixels
constexpr uint8_t kWhite = 255;

}  // namespace

std::string EncodePng(const Image& image) {
  if (image.height < 1 || image.width < 1) throw UserError("PNG", "the image has no pixels");
  PEEKABOO_CHECK(image.rgb.size() == static_cast<size_t>(image.height) * image.width * 3);
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.height = static_cast<png_uint_32>(image.height);
  png.width = static_cast<png_uint_32>(image.width);
  png.format = PNG_FORMAT_RGB;
  // Asked for its size first, then written; a failure leaves its reason in png.message.
  png_alloc_size_t size = 0;
  std::string bytes;
  if (png_image_write_to_memory(&png, nullptr, &size, 0, image.rgb.data(), 0, nullptr)) {
    bytes.resize(size);
    if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.rgb.data(), 0, nullptr)) {
      bytes.resize(size);
      return bytes;
    }
  }
  throw UserError("PNG", png.message);
}

void WritePng(const std::string& path, const Image& image) {
  WriteFileAtomically(path, EncodePng(image));
}

Image FilmStrip(const Episode& episode, int height, int width, std::span<const int> frames,
                int scale) {
  PEEKABOO_CHECK(height > 0 && width > 0 && scale > 0);
  const size_t frame_bytes = static_cast<size_t>(height) * width * 3;
  PEEKABOO_CHECK(episode.pixels.size() == frame_bytes * episode.frames);
  const int count = static_cast<int>(frames.size());
  Image strip;
  strip.height = height * scale;
  strip.width = count * width * scale + std::max(0, count - 1) * kGap;
  strip.rgb.assign(static_cast<size_t>(strip.height) * strip.width * 3, kWhite);
  for (int i = 0; i < count; ++i) {
    PEEKABOO_CHECK(frames[i] >= 0 && frames[i] < episode.frames);
    const uint8_t* frame = episode.pixels.data() + frames[i] * frame_bytes;
    const int left = i * (width * scale + kGap);
    for (int y = 0; y < strip.height; ++y) {
      uint8_t* out = &strip.rgb[(static_cast<size_t>(y) * strip.width + left) * 3];
      const uint8_t* row = frame + static_cast<size_t>(y / scale) * width * 3;
      for (int x = 0; x < width * scale; ++x) std::copy_n(row + x / scale * 3, 3, out + 3 * x);
    }
  }
  return strip;
}

Image FilmStrip(const Episode& episode, const EpisodeSchema& schema, std::span<const int> frames,
                int scale) {
  return FilmStrip(episode, schema.height, schema.width, frames, scale);
}

}  // namespace peekaboo::sim
