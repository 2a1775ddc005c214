#pragma once

#include <array>
#include <cmath>

namespace peekaboo::sim {

/// What is seen of a body in one frame.
struct Sight {
  int pixels = 0;                      ///< that show it
  bool present = true;                 ///< it is in the world
  std::array<float, 2> image_xy = {};  ///< of its centre: x right, y up, [-1, 1] inside the picture
};

/// Says in which frames of a film a body is hidden: no pixel shows it, at least kSeenFrames frames
/// before did, it is still in the world, and its centre is inside the picture, where only something
/// in front can hide it. The one rule for events that wait for it, for probes and for readouts.
/// Plain data; one thread.
class Hiding {
 public:
  static constexpr int kSeenFrames = 2;
  static constexpr float kInside = 0.85f;  ///< of the picture's half side: a body has a size

  /// Told of the film's frames in their order. Returns whether the body is hidden in this one.
  bool Note(const Sight& sight) {
    if (sight.pixels > 0) ++seen_;
    return sight.pixels == 0 && seen_ >= kSeenFrames && sight.present &&
           std::abs(sight.image_xy[0]) <= kInside && std::abs(sight.image_xy[1]) <= kInside;
  }

 private:
  int seen_ = 0;  // frames
};

}  // namespace peekaboo::sim
