#include "worldmodel/model/frame_codec.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "worldmodel/kernels/simd.h"

namespace peekaboo::worldmodel {
namespace {

PEEKABOO_SIMD_INLINE float Normalised(uint8_t pixel) {
  return static_cast<float>(pixel) * (1.0f / 64.0f) - 1.8f;  // exact but for the difference
}
PEEKABOO_SIMD void Normalise(const uint8_t* __restrict pixels, float* __restrict numbers,
                             int64_t n) {
  for (int64_t i = 0; i < n; ++i) numbers[i] = Normalised(pixels[i]);
}
PEEKABOO_SIMD void Normalise(const uint8_t* __restrict pixels, Bf16* __restrict numbers,
                             int64_t n) {
  for (int64_t i = 0; i < n; ++i) numbers[i] = FromFloat<Bf16>(Normalised(pixels[i]));
}

// A row [size, 3] as it is looked at.
void ViewRow(const uint8_t* row, int size, const ClipView& view, uint8_t* seen) {
  for (int x = 0; x < size; ++x) {
    const int from = std::clamp(x - view.right, 0, size - 1);
    std::memcpy(seen + 3 * x, row + 3 * (view.mirror ? size - 1 - from : from), 3);
  }
}

template <typename T>
void PackFrames(std::span<const uint8_t> pixels, int size, int block, const ClipView& view,
                T* packed) {
  const int side = size / block;
  const int channels = block * block * 3;
  const int run = block * 3;  // numbers of one row of one block: contiguous on both sides
  const size_t row_bytes = static_cast<size_t>(size) * 3, frame = row_bytes * size;
  const bool as_it_is = !view.mirror && view.right == 0;
  std::vector<uint8_t> seen(row_bytes);
  std::vector<T> numbers(row_bytes);
  for (size_t at = 0; at < pixels.size(); at += frame) {
    for (int y = 0; y < size; ++y) {
      const uint8_t* row = pixels.data() + at + std::clamp(y - view.down, 0, size - 1) * row_bytes;
      if (!as_it_is) ViewRow(row, size, view, seen.data());
      Normalise(as_it_is ? row : seen.data(), numbers.data(), static_cast<int64_t>(row_bytes));
      T* out = packed + at + static_cast<size_t>(y / block) * side * channels + (y % block) * run;
      for (int x = 0; x < side; ++x) std::copy_n(numbers.data() + x * run, run, out + x * channels);
    }
  }
}

}  // namespace

uint16_t ToBf16(float value) { return FromFloat<Bf16>(value).bits; }

FrameCodec::FrameCodec(const ModelConfig& model)
    : image_size_(model.image_size),
      unshuffle_(model.unshuffle),
      precision_(model.ProductPrecision()) {
  PEEKABOO_CHECK(image_size_ > 0 && unshuffle_ > 0 && image_size_ % unshuffle_ == 0);
}

void FrameCodec::PackClip(std::span<const uint8_t> pixels, const ClipView& view,
                          std::span<std::byte> packed) const {
  const size_t frame = static_cast<size_t>(image_size_) * image_size_ * 3;
  const size_t number = precision_ == Precision::kBf16 ? 2 : 4;
  PEEKABOO_CHECK(pixels.size() % frame == 0 && packed.size() == pixels.size() * number);
  if (precision_ == Precision::kBf16) {
    PackFrames(pixels, image_size_, unshuffle_, view, reinterpret_cast<Bf16*>(packed.data()));
  } else {
    PackFrames(pixels, image_size_, unshuffle_, view, reinterpret_cast<float*>(packed.data()));
  }
}

}  // namespace peekaboo::worldmodel
