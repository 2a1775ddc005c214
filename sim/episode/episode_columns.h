#pragma once

#include <hdf5.h>

#include <functional>
#include <vector>

#include "sim/episode/episode.h"

namespace peekaboo::sim {

/// A flat column of the file other than `pixels`: one row of numbers a frame.
struct EpisodeColumn {
  const char* name;
  hid_t type;                  ///< in the file
  hid_t memory;                ///< in memory
  size_t bytes;                ///< of one number
  std::vector<hsize_t> shape;  ///< of a row: {A}, {O, 2}, or {} for one number a frame

  /// The episode's array, resized to `frames` rows to be filled.
  std::function<void*(Episode* episode, int frames)> fill;
  /// The episode's array, and in `count` how many numbers it has.
  std::function<const void*(const Episode& episode, size_t* count)> data;

  /// Numbers in a row.
  size_t Width() const {
    size_t width = 1;
    for (const hsize_t n : shape) width *= n;
    return width;
  }
};

/// The columns that a schema has, without those of width 0.
std::vector<EpisodeColumn> ColumnsOf(const EpisodeSchema& schema);

}  // namespace peekaboo::sim
