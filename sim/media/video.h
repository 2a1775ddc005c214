#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace peekaboo::sim {

/// Writes an MP4 that browsers play: H.264 where libavcodec has an encoder for it, else MPEG-4;
/// yuv420p. The film is kept in memory, encoded, until Close; the file then appears whole or not at
/// all (see AtomicFile). The same frames give the same bytes on one machine. One thread at a time.
class VideoWriter {
 public:
  /// `height`, `width` of a frame in pixels, `fps` in frames a second; each pixel is drawn as
  /// scale x scale. A side that would be odd gets one more row or column, the last one again.
  /// Throws UserError naming the file if it cannot be written, the picture is empty or above
  /// 8192 pixels a side, fps is not in (0, 1000], or there is no encoder.
  VideoWriter(const std::string& path, int height, int width, double fps, int scale = 1);
  VideoWriter(VideoWriter&&) noexcept;
  /// A film that was not closed leaves no file.
  ~VideoWriter();

  /// rgb: [H, W, 3], top row first. Throws UserError if the encoder refuses.
  void Add(std::span<const uint8_t> rgb);

  /// Once; nothing is added after it. Throws UserError on a film without frames or a full disk, and
  /// leaves no file then.
  void Close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace peekaboo::sim
