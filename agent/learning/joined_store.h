#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/learning/file_store.h"

namespace peekaboo::agent {

/// The films of several recordings, one recording after another: of bodies that act alike, and of
/// scenes in which nobody acts. Any number of threads may read.
class JoinedStore : public ClipStore {
 public:
  /// Throws UserError naming a file, as FileStore does, and where files differ in the length of
  /// their films or in what actions are.
  JoinedStore(const std::vector<std::string>& paths, int image_size);

  int64_t size() const override { return size_; }
  int frames() const override { return stores_.front()->frames(); }
  void Read(int64_t film, std::span<uint8_t> pixels) const override;
  ActionFormat actions() const override { return actions_; }
  std::vector<FilmGroup> groups() const override;
  void ReadActions(int64_t film, std::span<float> actions) const override;

 private:
  /// The store that has the film, and the film's number there.
  std::pair<const FileStore*, int64_t> Find(int64_t film) const;

  std::vector<std::unique_ptr<const FileStore>> stores_;
  ActionFormat actions_;
  int64_t size_ = 0;
};

}  // namespace peekaboo::agent
