#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/worldmodel/moving_squares.h"

namespace peekaboo::worldmodel {

/// A tiny model whose actions move a square.
inline ModelConfig TinyActor() {
  ModelConfig model = TinyModel();
  model.action_size = 2;
  model.action_repeat = 2;
  model.transition_hidden = 24;
  model.transition_wide = 40;
  model.transition_state = 28;
  model.inverse_hidden = 16;
  return model;
}

/// Whether a parameter is of the part of the transition that lessons teach.
inline bool OfPerceptron(const std::string& name) {
  for (const char* layer : {"begin", "inner", "meet", "shove", "move", "seen", "recalled"})
    if (name.starts_with(std::string("transition.") + layer)) return true;
  return false;
}

/// u8 [size, size, 3] with a bright square around (x, y), pixels.
inline std::vector<uint8_t> SquareFrame(int size, double x, double y) {
  std::vector<uint8_t> pixels;
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      const bool inside = column >= x - 4 && column < x + 4 && row >= y - 4 && row < y + 4;
      pixels.insert(pixels.end(), 3, inside ? 220 : 50);
    }
  }
  return pixels;
}

/// Clips of a bright square that stands still but for what the actions do: (1, 0) moves it by 3
/// pixels a frame to the right, (0, 1) down; held for `action_repeat` frames. The last row of
/// actions is NaN, as in recorded films.
inline Batch ActedSquares(const ModelConfig& model, int clips, int frames, uint64_t index) {
  const int size = model.image_size;
  RandomStream random(18, "acted squares", index);
  const FrameCodec codec(model);
  Batch batch(model, clips, frames);
  for (int b = 0; b < clips; ++b) {
    double x = random.Uniform(6, size - 6), y = random.Uniform(6, size - 6), a[2] = {};
    std::vector<uint8_t> pixels;
    for (int t = 0; t < frames; ++t) {
      const std::vector<uint8_t> frame = SquareFrame(size, x, y);
      pixels.insert(pixels.end(), frame.begin(), frame.end());
      if (t % model.action_repeat == 0) {
        for (double& each : a) each = random.Uniform(-1, 1);
      }
      x = std::clamp(x + 3 * a[0], 0.0, static_cast<double>(size));
      y = std::clamp(y + 3 * a[1], 0.0, static_cast<double>(size));
      for (int k = 0; k < 2; ++k) {
        batch.Actions(b)[2 * t + k] =
            t + 1 < frames ? static_cast<float>(a[k]) : std::numeric_limits<float>::quiet_NaN();
      }
    }
    codec.PackClip(pixels, {}, batch.Clip(b));
  }
  return batch;
}

}  // namespace peekaboo::worldmodel
