#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/episode/episode.h"

namespace peekaboo::agent {

/// What the actions of films are.
struct ActionFormat {
  int size = 0;             ///< A; 0: nobody acts
  int repeat = 1;           ///< frames that an action is held, from a film's first frame on
  std::vector<int> mirror;  ///< [A], as sim::MirrorSigns gives them; empty: not known

  /// Whether pictures may be mirrored.
  bool Mirrors() const;
};

/// Films in a row of a store that were recorded together.
struct FilmGroup {
  int64_t first = 0, count = 0;
  bool acts = false;            ///< a body acts in them
  int64_t films_of_layout = 1;  ///< in a row, that are ways through one world; 0: all of them
};

/// Films that can be watched again, all of the same length and size. Any number of threads may
/// read.
class ClipStore {
 public:
  virtual ~ClipStore() = default;
  virtual int64_t size() const = 0;
  virtual int frames() const = 0;                                        ///< T of every film
  virtual void Read(int64_t film, std::span<uint8_t> pixels) const = 0;  ///< u8 [T, H, W, 3]
  virtual ActionFormat actions() const { return {}; }
  /// All films, each in one of them. As it is: they were recorded together.
  virtual std::vector<FilmGroup> groups() const { return {{0, size(), actions().size > 0}}; }
  /// [T, A], the last row not used, NaN where nobody acts; only if `actions` has a size.
  virtual void ReadActions(int64_t film, std::span<float> actions) const;
};

/// Films kept in memory as they are: tests, and data that was just made.
class MemoryStore : public ClipStore {
 public:
  MemoryStore(int frames, int frame_bytes, ActionFormat format = {});
  void Add(const sim::Episode& film);
  int64_t size() const override { return static_cast<int64_t>(films_.size()); }
  int frames() const override { return frames_; }
  void Read(int64_t film, std::span<uint8_t> pixels) const override;
  ActionFormat actions() const override { return format_; }
  void ReadActions(int64_t film, std::span<float> actions) const override;

 private:
  struct Film {
    std::vector<uint8_t> pixels;
    std::vector<float> actions;
  };
  int frames_, frame_bytes_;
  ActionFormat format_;
  std::vector<Film> films_;
};

}  // namespace peekaboo::agent
