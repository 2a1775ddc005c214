#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/episode/episode_columns.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/hdf5_handle.h"

namespace peekaboo::sim {

/// The datasets of an open episode file, as EpisodeWriter fills them: an HDF5 detail of it. Every
/// function throws UserError naming file and dataset. Hold an Hdf5Lock.
class EpisodeDatasets {
 public:
  EpisodeDatasets() = default;
  /// Makes them, empty. Narrow columns get chunks of `chunk_episodes` episodes.
  static EpisodeDatasets Create(const std::string& path, const Hdf5Handle& file,
                                const EpisodeSchema& schema, int frames, int chunk_episodes);
  /// Opens those of a file that EpisodeReader has checked; they must be ours.
  static EpisodeDatasets Open(const std::string& path, const Hdf5Handle& file,
                              const EpisodeSchema& schema, int frames);

  /// Cuts what does not belong to the first `episodes` episodes of `frames` frames.
  void Truncate(int64_t episodes, int frames);
  /// Frames of episode number `episode`, right after those before it.
  void AppendFrames(int64_t episode, const CompressedEpisode& compressed);
  /// `ep_len` and `ep_offset` of episodes first, first + 1, ..., in an order in which a reader of
  /// the growing file never finds a length without its offset.
  void AppendEpisodes(int64_t first, int64_t count, int frames);

  /// Bytes of a frame in all columns but `pixels`.
  int64_t NarrowBytes() const;

 private:
  struct Set {
    std::string name;
    hid_t memory = -1;
    std::vector<hsize_t> row;  // shape of a row
    Hdf5Handle handle;
  };

  [[noreturn]] void Fail(const Set& set, const char* what) const;
  void Resize(const Set& set, int64_t rows) const;
  /// Writes rows at `start`, making the set longer.
  void AppendRows(const Set& set, int64_t start, int64_t rows, const void* data) const;
  /// All sets in the file's order, described but not open.
  void Describe(const std::string& path, const EpisodeSchema& schema);
  std::vector<Set*> All();

  std::string path_;
  std::vector<EpisodeColumn> columns_;
  Set pixels_, seed_, index_, scene_, length_, offset_;
  std::vector<Set> narrow_;  // of columns_
};

/// The root's attributes: the format, the schema's object names, and the caller's texts.
void WriteTexts(const std::string& path, const Hdf5Handle& file, const EpisodeSchema& schema,
                const EpisodeAttributes& attributes);

}  // namespace peekaboo::sim
