#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "worldmodel/model/batch.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// How the frames of a clip are looked at, all in the same way.
struct ClipView {
  bool mirror = false;      ///< left and right are swapped first
  int right = 0, down = 0;  ///< pixels by which the picture is then moved; its edges are repeated
};

/// Turns frames into what the encoder eats. A pixel x becomes x / 64 - 1.8, and each block of
/// unshuffle x unshuffle pixels becomes one position with 3 * unshuffle^2 channels (row of the
/// block, column, colour), channels last.
/// Immutable after construction: any number of threads may pack at once.
class FrameCodec {
 public:
  explicit FrameCodec(const ModelConfig& model);

  /// Packs one clip. `pixels`: u8 [frames, H, W, 3]; `packed`: [frames, side, side, channels] of
  /// the model's precision, exactly as long as the clip needs.
  void PackClip(std::span<const uint8_t> pixels, const ClipView& view,
                std::span<std::byte> packed) const;

 private:
  int image_size_, unshuffle_;
  Precision precision_;
};

/// The 16 bits of the bf16 number nearest to `value` (ties to even).
uint16_t ToBf16(float value);

}  // namespace peekaboo::worldmodel
