#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/episode/episode.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::agent {

/// Films that can be watched again, all of the same length and size. Any number of threads may
/// read.
class ClipStore {
 public:
  virtual ~ClipStore() = default;
  virtual int64_t size() const = 0;
  virtual int frames() const = 0;                                        ///< T of every film
  virtual void Read(int64_t film, std::span<uint8_t> pixels) const = 0;  ///< u8 [T, H, W, 3]
};

/// Films kept in memory as they are: tests, and data that was just made.
class MemoryStore : public ClipStore {
 public:
  MemoryStore(int frames, int frame_bytes) : frames_(frames), frame_bytes_(frame_bytes) {}
  void Add(const sim::Episode& film);
  int64_t size() const override { return static_cast<int64_t>(films_.size()); }
  int frames() const override { return frames_; }
  void Read(int64_t film, std::span<uint8_t> pixels) const override;

 private:
  int frames_, frame_bytes_;
  std::vector<std::vector<uint8_t>> films_;
};

/// Which films make up the batch of each training step: every epoch shows all of them once, in an
/// order of its own (but for the last few, when their number is no multiple of a step's clips); a
/// film longer than a clip is cut at random; half of the clips are mirrored; and all are moved by
/// some pixels, fewer and fewer (TrainConfig::shift).
/// The batch of a step depends on (seed, step, progress) alone, so that training with a budget in
/// steps can go on exactly where it stopped.
/// Immutable; any thread.
class ClipSource {
 public:
  /// Borrows `store`. Throws as Check does.
  ClipSource(const ClipStore& store, const worldmodel::ModelConfig& model,
             const worldmodel::TrainConfig& train, const std::string& where);

  /// Throws UserError naming `where` if `films` films of `frames` frames are too few or too short.
  static void Check(int64_t films, int frames, const worldmodel::TrainConfig& train,
                    const std::string& where);

  /// `step` counts from 0; `progress` is the share of the training that is done before it.
  worldmodel::Batch Make(int64_t step, double progress) const;

 private:
  const ClipStore& store_;
  worldmodel::ModelConfig model_;
  worldmodel::TrainConfig train_;
  worldmodel::FrameCodec codec_;
};

}  // namespace peekaboo::agent
