#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/episode/episode.h"

namespace peekaboo::sim {

/// An episode with its pixels deflated: what a filming thread hands to the writer.
struct CompressedEpisode {
  Episode episode;                ///< without pixels
  std::vector<uint8_t> deflated;  ///< zlib stream of pixels [T, H, W, 3]
  size_t pixel_bytes = 0;         ///< T * H * W * 3
};

/// Text stored beside the data: scene names, versions, resolved settings.
using EpisodeAttributes = std::map<std::string, std::string>;

/// Writes episodes to HDF5 in the layout of stable-worldmodel, whose loader takes every dataset but
/// `ep_len` and `ep_offset` for a column with one row a frame. Over all N frames: `pixels` u8
/// [N, H, W, 3], `action` f32 [N, A], `qpos`, `qvel`, `present`, `image_xy`, `visible` (a column of
/// width 0 is left out), `seed` and `index` i64 [N] (the bits of the unsigned numbers, because
/// torch has no such type), `scene` i32 [N]; then `ep_len` i32 [E], `ep_offset` i64 [E]. One chunk
/// of `pixels` is one episode, deflated.
///
/// While it is written others may read the file (h5py: swmr=True); complete episodes appear 32 at a
/// time. A recorder that is killed leaves a file that can be read and appended to. Disk space is
/// reserved before it is written to, so a full disk damages nothing. The same episodes give the
/// same bytes. One thread; Compress any thread.
class EpisodeWriter {
 public:
  /// A new file; one that exists is replaced, once the new one is set up. Throws UserError naming
  /// the file.
  static EpisodeWriter Create(const std::string& path, const EpisodeSchema& schema,
                              int frames_per_episode, const EpisodeAttributes& attributes);
  /// Goes on with a file whose schema and episode length are these. Throws UserError otherwise, and
  /// while another writer has it.
  static EpisodeWriter Append(const std::string& path, const EpisodeSchema& schema,
                              int frames_per_episode);
  EpisodeWriter(EpisodeWriter&&) noexcept;
  /// Closes. A file made by Create without any complete episode is removed.
  ~EpisodeWriter();

  static CompressedEpisode Compress(Episode episode);
  /// Throws UserError when the disk is full; the file is then closed, and removed if Create made
  /// it. One that is appended to keeps its episodes, old and new.
  void Write(const CompressedEpisode& episode);
  /// What was written so far becomes part of the file at once, to stay if this process is killed.
  /// Throws as Write.
  void Commit();
  /// Throws UserError if not everything reached the disk.
  void Close();

  int64_t size() const;  ///< episodes in the file, with those not yet on the disk

 private:
  struct Impl;
  explicit EpisodeWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Reads what EpisodeWriter wrote, and any file of that layout. Checks everything before it trusts
/// it. Any number of threads may read at once; decompression runs in parallel.
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
  /// actions: [T, A] of one episode, where the schema has them. Throws UserError for damaged data
  /// and for numbers that are not finite, but in the last row.
  void ReadActions(int64_t episode, std::span<float> actions) const;
  /// All of one episode. Throws UserError for damaged data and for numbers that are not finite.
  Episode Read(int64_t episode) const;

 private:
  struct Impl;
  explicit EpisodeReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace peekaboo::sim
