#include "sim/episode/recorder.h"

namespace peekaboo::sim {

void RecordInto(EpisodeWriter* writer, const SceneMixture& mixture, const RecordOptions& options,
                const std::function<bool()>& go_on) {
  // Deflating costs a sixteenth of filming.
  if (2 * ThreadsOrAll(options.threads) <= Processors()) {
    RecordFilms<Episode>(
        mixture, options, [](Episode film) { return film; },
        [&](Episode film) {
          writer->Write(EpisodeWriter::Compress(std::move(film)));
          return go_on();
        });
  } else {
    RecordFilms<CompressedEpisode>(mixture, options, &EpisodeWriter::Compress,
                                   [&](const CompressedEpisode& film) {
                                     writer->Write(film);
                                     return go_on();
                                   });
  }
}

std::vector<Episode> RecordInMemory(const SceneMixture& mixture, const RecordOptions& options) {
  std::vector<Episode> films;
  RecordFilms<Episode>(
      mixture, options, [](Episode film) { return film; },
      [&](Episode film) {
        films.push_back(std::move(film));
        return true;
      });
  return films;
}

}  // namespace peekaboo::sim
