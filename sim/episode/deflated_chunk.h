#pragma once

#include <hdf5.h>

#include <cstdint>
#include <span>
#include <string>

#include "sim/episode/hdf5_handle.h"

namespace peekaboo::sim {

/// Reads the chunk of a set [N, H, W, 3] u8 that begins at row `offset`, deflated at most, into
/// `pixels`, which is as long as it is inflated. Inflates with libdeflate and outside of HDF5's
/// lock. Returns what is wrong with it, nothing if it was read. Any thread.
std::string ReadDeflatedChunk(const Hdf5Handle& set, hsize_t offset, std::span<uint8_t> pixels);

}  // namespace peekaboo::sim
