#pragma once

// Body of RecordFilms; include sim/recorder.h.

#include <thread>

#include "sim/gl_context.h"
#include "sim/ordered_pool.h"

namespace peekaboo::sim {

/// One filming thread's belongings.
struct FilmCrew {
  FilmCrew(const Repertoire& repertoire, const FilmOptions& options) : gl(GlContext::Create()) {
    gl->MakeCurrent();
    filmer = std::make_unique<Filmer>(repertoire.stage(), options);
  }
  ~FilmCrew() { filmer.reset(); }  // while the context that it renders with is there

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

template <typename Result>
void RecordFilms(const Repertoire& repertoire, const RecordOptions& options,
                 const std::function<Result(Episode)>& work,
                 const std::function<bool(Result)>& take) {
  const int threads = options.threads > 0
                          ? options.threads
                          : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  RunOrdered<Result>(
      threads, options.episodes,
      [&]() -> std::function<Result(int64_t)> {
        auto crew = std::make_shared<FilmCrew>(repertoire, options.film);
        return [&, crew](int64_t i) {
          return work(crew->Shoot(repertoire, options, static_cast<uint64_t>(options.first + i)));
        };
      },
      [&](int64_t, Result result) { return take(std::move(result)); });
}

}  // namespace peekaboo::sim
