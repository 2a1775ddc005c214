#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ordered_pool.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/film.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene.h"
#include "sim/scene/scene_mixture.h"

namespace peekaboo::sim {

/// Which films to make of a scene, or of a mixture of scenes.
struct RecordOptions {
  std::string scene = "nursery";  ///< name or path (FindScene)
  int64_t episodes = 16384;
  int64_t first = 0;  ///< index of the first draw: to go on where a file ends
  uint64_t seed = 0;
  Split split = Split::kSeen;
  BareSceneOptions bare;  ///< where `scene` is an MJCF
  FilmOptions film;
  int threads = 0;  ///< 0: one a core
};

/// What a file of such films says of itself: scene, scenes, seed, split, fingerprint, frame_hz, and
/// of those that act also how (actions, action_mirror, play, action_repeat, films_of_layout).
EpisodeAttributes FilmAttributes(const SceneMixture& mixture, const std::string& scene,
                                 uint64_t seed, Split split);

/// One filming thread's belongings.
struct RecordingWorker {
  RecordingWorker(const SceneMixture& mixture, const FilmOptions& options)
      : gl(GlContext::Create()) {
    gl->MakeCurrent();
    filmer = std::make_unique<Filmer>(mixture.stage(), options);
  }

  Episode Shoot(const SceneMixture& mixture, const RecordOptions& options, uint64_t index) {
    const size_t pick = mixture.Pick(options.seed, index);
    const Scene& scene = *mixture.scenes()[pick].first;
    const Draw draw = DrawFactors(*mixture.stage(), scene, {options.split, options.seed, index, 0});
    Episode episode =
        filmer->Shoot(scene, draw, {}, RandomStream(options.seed, scene.name + "/play", index))
            .episode;
    episode.seed = options.seed;
    episode.index = index;
    episode.scene = static_cast<int32_t>(pick);
    return episode;
  }

  std::unique_ptr<GlContext> gl;
  std::unique_ptr<Filmer> filmer;
};

/// Films of a mixture on several threads, each with a GL context of its own, handed over in
/// order on the caller's thread: (seed, index) decides a film, not the thread that makes it.
/// `work` runs on the filming threads; `take` returns false to stop.
template <typename Result>
void RecordFilms(const SceneMixture& mixture, const RecordOptions& options,
                 const std::function<Result(Episode)>& work,
                 const std::function<bool(Result)>& take) {
  RunOrdered<Result>(
      ThreadsOrAll(options.threads), options.episodes,
      [&]() -> std::function<Result(int64_t)> {
        auto worker = std::make_shared<RecordingWorker>(mixture, options.film);
        return [&, worker](int64_t i) {
          return work(worker->Shoot(mixture, options, static_cast<uint64_t>(options.first + i)));
        };
      },
      [&](int64_t, Result result) { return take(std::move(result)); });
}

/// The same films, into `writer`; after each `go_on` is asked whether to. They are deflated on the
/// calling thread where that leaves the filming threads more time, and by them where they are so
/// many that it would hold them up. Throws UserError as the writer does.
void RecordInto(EpisodeWriter* writer, const SceneMixture& mixture, const RecordOptions& options,
                const std::function<bool()>& go_on);

/// The same films, kept in memory.
std::vector<Episode> RecordInMemory(const SceneMixture& mixture, const RecordOptions& options);

}  // namespace peekaboo::sim
