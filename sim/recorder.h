#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/film.h"
#include "sim/scene.h"

namespace peekaboo::sim {

/// Which films to make of a scene, or of a mixture of scenes.
struct RecordOptions {
  std::string scene = "nursery";  ///< name or path (FindScene)
  int64_t episodes = 4096;
  int64_t first = 0;  ///< index of the first draw: to go on where a file ends
  uint64_t seed = 0;
  Split split = Split::kSeen;
  FilmOptions film;
  int threads = 0;  ///< 0: one a core
};

/// A scene or mixture made ready: loaded, checked against its stage, weighted.
class Repertoire {
 public:
  /// Throws UserError for anything wrong in any of the scenes; they must agree on stage, frames,
  /// rate and objects, since their films go into one file.
  explicit Repertoire(const std::string& scene);

  const std::vector<std::pair<std::shared_ptr<const Scene>, double>>& scenes() const {
    return scenes_;
  }
  const std::shared_ptr<const Stage>& stage() const { return stage_; }
  const Scene& first() const { return *scenes_.front().first; }
  /// Which scene film `index` shows.
  size_t Pick(uint64_t seed, uint64_t index) const;

 private:
  std::vector<std::pair<std::shared_ptr<const Scene>, double>> scenes_;
  std::shared_ptr<const Stage> stage_;
};

/// Films of a repertoire on several threads, each with a GL context of its own, handed over in
/// order on the caller's thread: (seed, index) decides a film, not the thread that makes it.
/// `work` runs on the filming threads (compress there); `take` returns false to stop.
template <typename Result>
void RecordFilms(const Repertoire& repertoire, const RecordOptions& options,
                 const std::function<Result(Episode)>& work,
                 const std::function<bool(Result)>& take);

}  // namespace peekaboo::sim

#include "sim/recorder_inl.h"
