#pragma once

#include <ATen/core/Tensor.h>

namespace peekaboo::worldmodel {

/// What a model takes the world to be at a moment, seen or imagined. Rows are worlds of their own.
struct LatentState {
  at::Tensor z;  ///< [N, D] f32, what is (or would be) seen
  at::Tensor h;  ///< [N, H] f32, what is remembered, z included
  /// [N, D] f32, z one action earlier, from which motion is known. Not defined: nothing moves.
  at::Tensor before = {};
};

/// The states that a sequence of actions leads through, one after each action.
struct Imagined {
  at::Tensor z;  ///< [N, L, D] f32
  at::Tensor h;  ///< [N, L, H] f32
};

}  // namespace peekaboo::worldmodel
