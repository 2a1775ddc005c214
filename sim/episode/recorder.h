#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ordered_pool.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/film.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene.h"

namespace peekaboo::sim {

/// Which films to make of a scene, or of a mixture of scenes.
struct RecordOptions {
  std::string scene = "nursery";  ///< name or path (FindScene)
  int64_t episodes = 16384;
  int64_t first = 0;  ///< index of the first draw: to go on where a file ends
  uint64_t seed = 0;
  Split split = Split::kSeen;
  FilmOptions film;
  int threads = 0;  ///< 0: one a core
};

/// A scene or mixture made ready: loaded, checked against its stage, weighted.
class Repertoire {
 public:
  /// `scene`: name or path, or the path of an MJCF (BareScene). Throws UserError for anything wrong
  /// in any of the scenes; they must agree on stage, frames, rate and objects, since their films go
  /// into one file.
  explicit Repertoire(const std::string& scene);

  const std::vector<std::pair<std::shared_ptr<const Scene>, double>>& scenes() const {
    return scenes_;
  }
  const std::shared_ptr<const Stage>& stage() const { return stage_; }
  const Scene& first() const { return *scenes_.front().first; }
  /// Tells versions of what is filmed apart: of the scenes' files, their weights and MuJoCo's
  /// version, but not of this program.
  uint64_t fingerprint() const { return fingerprint_; }
  /// Which scene film `index` shows.
  size_t Pick(uint64_t seed, uint64_t index) const;

 private:
  std::vector<std::pair<std::shared_ptr<const Scene>, double>> scenes_;
  std::shared_ptr<const Stage> stage_;
  uint64_t fingerprint_ = 0;
};

/// One filming thread's belongings.
struct FilmCrew {
  FilmCrew(const Repertoire& repertoire, const FilmOptions& options) : gl(GlContext::Create()) {
    gl->MakeCurrent();
    filmer = std::make_unique<Filmer>(repertoire.stage(), options);
  }

  Episode Shoot(const Repertoire& repertoire, const RecordOptions& options, uint64_t index) {
    const size_t pick = repertoire.Pick(options.seed, index);
    const Scene& scene = *repertoire.scenes()[pick].first;
    const Draw draw =
        DrawFactors(*repertoire.stage(), scene, {options.split, options.seed, index, 0});
    Episode episode = filmer->Shoot(scene, draw, {}).episode;
    episode.seed = options.seed;
    episode.index = index;
    episode.scene = static_cast<int32_t>(pick);
    return episode;
  }

  std::unique_ptr<GlContext> gl;
  std::unique_ptr<Filmer> filmer;
};

/// Films of a repertoire on several threads, each with a GL context of its own, handed over in
/// order on the caller's thread: (seed, index) decides a film, not the thread that makes it.
/// `work` runs on the filming threads; `take` returns false to stop.
template <typename Result>
void RecordFilms(const Repertoire& repertoire, const RecordOptions& options,
                 const std::function<Result(Episode)>& work,
                 const std::function<bool(Result)>& take) {
  RunOrdered<Result>(
      ThreadsOrAll(options.threads), options.episodes,
      [&]() -> std::function<Result(int64_t)> {
        auto crew = std::make_shared<FilmCrew>(repertoire, options.film);
        return [&, crew](int64_t i) {
          return work(crew->Shoot(repertoire, options, static_cast<uint64_t>(options.first + i)));
        };
      },
      [&](int64_t, Result result) { return take(std::move(result)); });
}

/// The same films, into `writer`; after each `go_on` is asked whether to. They are deflated on the
/// calling thread where that leaves the filming threads more time, and by them where they are so
/// many that it would hold them up. Throws UserError as the writer does.
void RecordInto(EpisodeWriter* writer, const Repertoire& repertoire, const RecordOptions& options,
                const std::function<bool()>& go_on);

/// The same films, kept in memory.
std::vector<Episode> RecordInMemory(const Repertoire& repertoire, const RecordOptions& options);

}  // namespace peekaboo::sim
