#pragma once

#include <array>

#include "sim/world/body_reading.h"

namespace peekaboo::sim {

/// What is true of one of a scene's objects in one picture; the infant is not told.
struct ObjectTruth {
  BodyReading body;
  std::array<float, 2> image_xy = {};  ///< of its centre: x right, y up, [-1, 1] inside the picture
  int visible = -1;                    ///< pixels that show it; -1: not measured
};

}  // namespace peekaboo::sim
