#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/episode/episode.h"

namespace peekaboo::sim {

/// A picture in memory. Plain data.
struct Image {
  int height = 0;            ///< pixels
  int width = 0;             ///< pixels
  std::vector<uint8_t> rgb;  ///< [H, W, 3], top row first
};

/// The bytes of a PNG file: 8 bits a channel, RGB, no date in it. The same image gives the same
/// bytes. Throws UserError for an image without pixels. Any thread.
std::string EncodePng(const Image& image);

/// Writes the PNG whole or not at all (see AtomicFile). Throws UserError naming the file.
void WritePng(const std::string& path, const Image& image);

/// Frames of a film side by side, each pixel drawn as scale x scale, white gaps of 1 pixel between
/// frames. `height` and `width` are those of a frame; `frames` are indices into the episode.
Image FilmStrip(const Episode& episode, int height, int width, std::span<const int> frames,
                int scale = 1);
Image FilmStrip(const Episode& episode, const EpisodeSchema& schema, std::span<const int> frames,
                int scale = 1);

}  // namespace peekaboo::sim
