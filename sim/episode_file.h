#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/episode.h"

namespace peekaboo::sim {

/// An episode with its pixels deflated: what a filming thread hands to the writer.
struct CompressedEpisode {
  Episode episode;                ///< without pixels
  std::vector<uint8_t> deflated;  ///< zlib stream of pixels [T, H, W, 3]
};

/// Text stored beside the data: scene names, versions, resolved settings.
using EpisodeAttributes = std::map<std::string, std::string>;

/// Writes episodes to HDF5 in the layout of stable-worldmodel: flat columns over all N frames
/// (`pixels` u8 [N, H, W, 3], `action` f32 [N, A], `qpos`, `qvel`, `present`, `image_xy`,
/// `visible`, `seed`; a column of width 0 is left out), `ep_len` i32 [E], `ep_offset` i64 [E], and
/// `ep_index` u64 [E], `ep_scene` i32 [E]. One chunk of `pixels` is one episode, deflated. While it
/// is written others may read the file (h5py: swmr=True); complete episodes appear every few
/// episodes. Room is taken from the disk before HDF5 writes, so that a full one does not spoil what
/// is there. The same episodes give the same bytes. One thread, and one writer a file; Compress any
/// thread.
class EpisodeWriter {
 public:
  /// A new file; one that exists is replaced. Throws UserError naming the file, if it cannot be
  /// made or another process writes it.
  static EpisodeWriter Create(const std::string& path, const EpisodeSchema& schema,
                              int frames_per_episode, const EpisodeAttributes& attributes);
  /// Goes on with a file whose schema and episode length are these, after its last complete episode
  /// if its writer was killed. Throws as Create does, and for a file of another kind.
  static EpisodeWriter Append(const std::string& path, const EpisodeSchema& schema,
                              int frames_per_episode);
  EpisodeWriter(EpisodeWriter&&) noexcept;
  /// Closes. A file made by Create without any complete episode is removed.
  ~EpisodeWriter();

  static CompressedEpisode Compress(Episode episode);
  /// Throws UserError when the disk is full; the file is then closed, and removed if Create made
  /// it. If Append did, the episodes before this one stay.
  void Write(const CompressedEpisode& episode);
  /// Throws UserError if not everything reached the disk.
  void Close();

  int64_t size() const;  ///< episodes in the file

 private:
  struct Impl;
  explicit EpisodeWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Reads what EpisodeWriter wrote, and any file of that layout. Checks everything before it trusts
/// it. Of a file that is being written it has the episodes that were complete when it was opened.
/// Any number of threads may read at once; decompression runs in parallel.
class EpisodeReader {
 public:
  /// Throws UserError naming file and dataset if it is not such a file, is truncated, or its parts
  /// do not fit together.
  static EpisodeReader Open(const std::string& path);
  EpisodeReader(EpisodeReader&&) noexcept;
  ~EpisodeReader();

  const std::string& path() const;
  const EpisodeSchema& schema() const;
  const EpisodeAttributes& attributes() const;
  int64_t size() const;               ///< E
  int frames(int64_t episode) const;  ///< T of one episode

  /// pixels: [T, H, W, 3] of one episode. Throws UserError for damaged data.
  void ReadPixels(int64_t episode, std::span<uint8_t> pixels) const;
  Episode Read(int64_t episode) const;

 private:
  struct Impl;
  explicit EpisodeReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace peekaboo::sim
