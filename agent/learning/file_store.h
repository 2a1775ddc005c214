#pragma once

#include <string>

#include "agent/learning/clip_store.h"
#include "sim/episode/episode_file.h"

namespace peekaboo::agent {

/// Films of a recorded file, read and decompressed as they are needed, so that memory does not grow
/// with the data set. Any number of threads may read.
class FileStore : public ClipStore {
 public:
  /// Throws UserError naming the file if it is damaged, is empty, holds pictures of another size
  /// than `image_size` squared, or films of differing lengths.
  FileStore(const std::string& path, int image_size);

  int64_t size() const override { return reader_.size(); }
  int frames() const override { return reader_.frames(0); }
  void Read(int64_t film, std::span<uint8_t> pixels) const override {
    reader_.ReadPixels(film, pixels);
  }
  ActionFormat actions() const override { return actions_; }
  std::vector<FilmGroup> groups() const override {
    return {{0, size(), actions_.size > 0, films_of_layout_}};
  }
  void ReadActions(int64_t film, std::span<float> actions) const override {
    reader_.ReadActions(film, actions);
  }
  const sim::EpisodeReader& reader() const { return reader_; }

 private:
  sim::EpisodeReader reader_;
  ActionFormat actions_;
  int64_t films_of_layout_ = 1;
};

}  // namespace peekaboo::agent
