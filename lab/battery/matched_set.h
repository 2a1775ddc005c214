#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/episode/film.h"
#include "sim/scene/scene.h"

namespace peekaboo::lab {

/// Height and width of the pictures of matched sets, in pixels.
inline constexpr int kPictureSide = 64;

/// The films of one matched set (IntPhys, Riochet et al. 2018), in the order
/// of the scene's members.
struct MatchedSet {
  std::vector<sim::Episode> films;
  /// First frame in which each film is impossible (spliced: the first frame of the second film);
  /// -1 for possible ones.
  std::vector<int> violation_frames;
  /// For each film the index of the possible one that begins the same; itself for possible ones.
  std::vector<int> like;
  uint64_t attempt = 0;  ///< how many draws were rejected before this one
};

/// Makes matched sets of one scene and asserts on each what makes it evidence:
/// - every film is bit-identical to the possible one it is `like` before the violation;
/// - a spliced film consists of its sources' own frames, and where it is spliced the body that
///   differs is hidden in both sources by a segmentation render, and their pictures are identical;
/// - the violation happens, and changes the picture within the film.
/// Belongs to the thread of its Filmer.
class MatchedSetMaker {
 public:
  /// Most draws of a set that are rejected before it is given up, unless told otherwise.
  static constexpr uint64_t kMaxAttempts = 2000;

  /// Throws UserError if `scene` has no members, or names what the stage does not have.
  MatchedSetMaker(std::shared_ptr<const sim::Stage> stage, std::shared_ptr<const sim::Scene> scene,
                  uint64_t max_attempts = kMaxAttempts);

  /// Set `index` of this split and seed; the same arguments give the same bytes. Throws UserError
  /// naming what was missing most often if none of the attempts makes one, and if an assertion
  /// fails.
  MatchedSet Make(sim::Split split, uint64_t seed, uint64_t index);

 private:
  struct Measures;
  /// Both return why a draw makes no set; empty if it does.
  std::string Try(const sim::DrawId& id, MatchedSet* set);
  std::string Splice(const std::vector<sim::Film>& films, Measures* measures,
                     MatchedSet* set) const;
  void Assert(const MatchedSet& set, const sim::DrawId& id) const;

  std::shared_ptr<const sim::Stage> stage_;
  std::shared_ptr<const sim::Scene> scene_;
  uint64_t max_attempts_;
  sim::Filmer filmer_;
};

/// Makes sets 0 .. count-1 on `threads` threads (0: as many as there are processors), each with a
/// GL context of its own, and hands them to `consume` in that order on the calling thread, until it
/// returns false. The same arguments give the same sets, whatever the number of threads. Throws as
/// MatchedSetMaker does.
void MakeMatchedSets(const std::shared_ptr<const sim::Scene>& scene, sim::Split split,
                     uint64_t seed, int count, int threads,
                     const std::function<bool(int64_t, MatchedSet)>& consume);

}  // namespace peekaboo::lab
