#include "sim/episode/recorder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace peekaboo::sim {

EpisodeAttributes FilmAttributes(const SceneMixture& mixture, const std::string& scene,
                                 uint64_t seed, Split split) {
  std::string scenes;
  for (const auto& member : mixture.scenes()) scenes += member.first->name + "\n";
  const Scene& first = mixture.first();
  EpisodeAttributes attributes = {{"scene", scene},
                                  {"scenes", scenes},
                                  {"seed", std::to_string(seed)},
                                  {"split", SplitName(split)},
                                  {"fingerprint", std::to_string(mixture.fingerprint())},
                                  {"frame_hz", std::to_string(first.frame_hz)}};
  if (!first.play.acts()) return attributes;
  const ActionSpec& actions = mixture.stage()->actions();
  const auto mirror =
      MirrorSigns(mixture.stage()->model(), actions, mixture.stage()->CameraOf(first));
  attributes["actions"] = fmt::format("{}\n", fmt::join(actions.names, "\n"));
  attributes["action_mirror"] = fmt::format("{}", fmt::join(mirror, " "));
  attributes["play"] = PlayName(first.play.kind);
  attributes["action_repeat"] = std::to_string(first.play.repeat);
  attributes["films_of_layout"] = std::to_string(first.play.FilmsOfLayout());
  return attributes;
}

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
