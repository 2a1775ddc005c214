#include "worldmodel/frame_codec.h"

#include <bit>

#include "sim/check.h"

namespace peekaboo::worldmodel {
namespace {

template <typename T>
void PackFrame(const uint8_t* pixels, int size, int block, bool mirror,
               const std::array<T, 256>& table, T* packed) {
  const int side = size / block;
  const int channels = block * block * 3;
  const int run = block * 3;  // bytes of one row of one block: contiguous on both sides
  for (int y = 0; y < size; ++y) {
    const uint8_t* row = pixels + static_cast<size_t>(y) * size * 3;
    T* out = packed + static_cast<size_t>(y / block) * side * channels + (y % block) * run;
    if (!mirror) {
      for (int x = 0; x < side; ++x, row += run, out += channels) {
        for (int i = 0; i < run; ++i) out[i] = table[row[i]];
      }
    } else {
      const uint8_t* pixel = row + static_cast<size_t>(size) * 3;
      for (int x = 0; x < side; ++x, out += channels) {
        for (int i = 0; i < run; i += 3) {
          pixel -= 3;
          for (int c = 0; c < 3; ++c) out[i + c] = table[pixel[c]];
        }
      }
    }
  }
}

}  // namespace

uint16_t ToBf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

FrameCodec::FrameCodec(const ModelConfig& model)
    : image_size_(model.image_size),
      unshuffle_(model.unshuffle),
      precision_(model.ProductPrecision()) {
  PEEKABOO_CHECK(image_size_ > 0 && unshuffle_ > 0 && image_size_ % unshuffle_ == 0);
  for (int x = 0; x < 256; ++x) {
    f32_[x] = static_cast<float>(x) * (1.0f / 64.0f) - 1.8f;
    bf16_[x] = ToBf16(f32_[x]);
  }
}

void FrameCodec::PackClip(std::span<const uint8_t> pixels, bool mirror,
                          std::span<std::byte> packed) const {
  const size_t frame = static_cast<size_t>(image_size_) * image_size_ * 3;
  const size_t number = precision_ == Precision::kBf16 ? 2 : 4;
  PEEKABOO_CHECK(pixels.size() % frame == 0 && packed.size() == pixels.size() * number);
  for (size_t at = 0; at < pixels.size(); at += frame) {
    if (precision_ == Precision::kBf16) {
      PackFrame(pixels.data() + at, image_size_, unshuffle_, mirror, bf16_,
                reinterpret_cast<uint16_t*>(packed.data()) + at);
    } else {
      PackFrame(pixels.data() + at, image_size_, unshuffle_, mirror, f32_,
                reinterpret_cast<float*>(packed.data()) + at);
    }
  }
}

}  // namespace peekaboo::worldmodel
