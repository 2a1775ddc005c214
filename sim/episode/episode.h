#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace peekaboo::sim {

/// The columns of a film and their widths; the same for every episode of a file.
struct EpisodeSchema {
  int height = 64;      ///< pixels
  int width = 64;       ///< pixels
  int action_size = 0;  ///< A, numbers an action has (0: nobody acts)
  int qpos_size = 0;    ///< nq of the model
  int qvel_size = 0;    ///< nv of the model
  std::vector<std::string>
      objects;               ///< O names: the bodies that `present`, `image_xy`, `visible` describe
  bool has_visible = false;  ///< whether `visible` was measured (it costs a second render)

  bool operator==(const EpisodeSchema&) const = default;
};

/// One film: T frames and what is known about each. Plain data, no MuJoCo. Row-major arrays.
struct Episode {
  int frames = 0;               ///< T
  std::vector<uint8_t> pixels;  ///< [T, H, W, 3], RGB, top row first
  /// [T, A], each in [-1, 1]: action[t] works from frame t to frame t + 1; NaN in the last row, as
  /// in stable-worldmodel.
  std::vector<float> action;
  std::vector<float> qpos;       ///< [T, nq], MuJoCo's units
  std::vector<float> qvel;       ///< [T, nv]
  std::vector<uint8_t> present;  ///< [T, O], 1 while the body is in the world
  std::vector<float>
      image_xy;  ///< [T, O, 2], centre in the image: x right, y up, in [-1, 1] when in view
  std::vector<int32_t>
      visible;         ///< [T, O], pixels of the body that the eye sees; empty if not measured
  uint64_t seed = 0;   ///< run seed it was drawn from
  uint64_t index = 0;  ///< index of the draw: (seed, index) replays it
  int32_t scene = 0;   ///< which scene of the mixture (index into the file's `scenes` attribute)

  std::span<const uint8_t> Frame(int t, int frame_bytes) const {
    return {pixels.data() + static_cast<size_t>(t) * frame_bytes, static_cast<size_t>(frame_bytes)};
  }
};

}  // namespace peekaboo::sim
