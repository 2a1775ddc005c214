#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// A model small enough to train within a test.
inline ModelConfig TinyModel() {
  ModelConfig model;
  model.image_size = 32;
  model.encoder_widths = {16, 16, 16};
  model.patch_channels = 8;
  model.memory_size = 24;
  model.predictor_hidden = 32;
  model.variance_hidden = 16;
  model.horizons = {1, 2};
  model.pixel_code = 16;
  model.precision = "f32";
  return model;
}

/// Clips of one bright square that moves over a dim background at its own speed, u8
/// [clips, frames, size, size, 3]. The same for the same seed and index.
inline std::vector<uint8_t> MovingSquares(const ModelConfig& model, int clips, int frames,
                                          uint64_t index) {
  const int size = model.image_size;
  RandomStream random(17, "moving squares", index);
  std::vector<uint8_t> pixels;
  for (int b = 0; b < clips; ++b) {
    const double x0 = random.Uniform(0, size), y0 = random.Uniform(0, size);
    const double vx = random.Uniform(-3, 3), vy = random.Uniform(-3, 3);
    const auto background = static_cast<uint8_t>(40 + random.Below(40));
    for (int t = 0; t < frames; ++t) {
      for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
          const double dx = x - (x0 + vx * t), dy = y - (y0 + vy * t);
          const bool inside = dx >= -4 && dx < 4 && dy >= -4 && dy < 4;
          for (int c = 0; c < 3; ++c) pixels.push_back(inside ? 220 - 30 * c : background);
        }
      }
    }
  }
  return pixels;
}

inline Batch SquaresBatch(const ModelConfig& model, int clips, int frames, uint64_t index) {
  const std::vector<uint8_t> pixels = MovingSquares(model, clips, frames, index);
  const FrameCodec codec(model);
  Batch batch(model, clips, frames);
  const size_t clip = static_cast<size_t>(frames) * model.FrameBytes();
  for (int b = 0; b < clips; ++b) {
    codec.PackClip({pixels.data() + b * clip, clip}, {}, batch.Clip(b));
  }
  return batch;
}

}  // namespace peekaboo::worldmodel
