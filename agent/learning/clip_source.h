#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/learning/clip_store.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/batch.h"
#include "worldmodel/model/frame_codec.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::agent {

/// Which films make up the batch of each training step: every epoch shows all of them once, in an
/// order of its own (but for the last few, when their number is no multiple of a step's clips); the
/// films of a step are of one recording (FilmGroup): among clips of several worlds, latents that
/// tell the worlds apart would already be varied enough for what keeps them from collapsing. A
/// film longer than a clip is cut at random, where somebody acts at the beginning of an action;
/// half of the clips are mirrored, with their actions, if it is known how; and all are moved by
/// some pixels, fewer and fewer (TrainConfig::shift). The batch of a step depends on (seed, step,
/// progress) alone, so that training with a budget in steps can go on exactly where it stopped.
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
  /// Of the frames of a clip, [frames, A].
  std::vector<float> ActionsOf(int64_t film, uint64_t offset) const;

  const ClipStore& store_;
  ActionFormat actions_;
  worldmodel::ModelConfig model_;
  worldmodel::TrainConfig train_;
  worldmodel::FrameCodec codec_;
};

}  // namespace peekaboo::agent
