#pragma once

#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/mind/observation.h"
#include "agent/session/snapshot.h"
#include "sim/episode/episode_file.h"

namespace peekaboo::agent {

/// Keeps the episodes that a body acts on a stage: whole ones in an EpisodeFile, which can be
/// trained on as what `record` makes, and beside it, in FILE.actions, each action as soon as it has
/// worked, a line of JSON each. Whoever is killed loses the frame at hand: an episode that was
/// under way is acted again up to there, as worlds are deterministic, and goes on.
///
/// Kept is what went by itself: an episode in which people broke laws, changed factors or went back
/// in time is not. One thread.
class ActedLog {
 public:
  /// Where to go on.
  struct Resume {
    uint64_t index = 0;                      ///< of the draw that comes next
    std::deque<std::vector<float>> actions;  ///< that were acted in it, a frame each
    TaskTally tally;                         ///< of the episodes before it
  };

  /// Begins a file, or goes on with one of the same scene, member, seed and factors. Up to `limit`
  /// episodes are kept. `side`: pixels of the eye's frames. Throws UserError for a scene in which
  /// nothing can act, and for a file that is of something else, damaged, or being written.
  ActedLog(const std::string& path, int64_t limit, const EpisodeSpec& spec, int side,
           const std::string& created_by);

  /// What the file says; until Add was called.
  const Resume& resume() const { return resume_; }

  /// The next frame of the stage. Throws UserError when it cannot be written.
  void Add(const Observation& observation);

  const std::string& path() const { return path_; }
  int64_t size() const { return writer_->size(); }  ///< episodes
  bool full() const { return size() >= limit_; }

 private:
  void Read();
  bool ReadLine(const std::string& line);
  void Note(const std::string& line);
  void Begin(const Observation& observation);
  void Drop(const std::string& why);
  void Finish(const Observation& last);

  const std::string path_, journal_path_;
  const int64_t limit_;
  int frames_ = 0, action_size_ = 0;
  uint64_t seed_ = 0;
  std::string identity_;  // the journal's first line
  std::optional<sim::EpisodeWriter> writer_;
  std::ofstream journal_;
  Resume resume_;
  size_t noted_ = 0;       // actions of resume_ that are in the journal and will be acted again
  bool resuming_ = false;  // the first episode has its beginning in the journal
  bool written_ = false;   // the first episode is in the file, its end not in the journal

  // The episode under way.
  bool under_way_ = false;
  int64_t number_ = 0;
  sim::Episode episode_;
};

}  // namespace peekaboo::agent
