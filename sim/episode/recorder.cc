#include "sim/episode/recorder.h"

#include <filesystem>

#include "base/error.h"
#include "base/random.h"
#include "sim/scene/bare_scene.h"

namespace peekaboo::sim {

Repertoire::Repertoire(const std::string& scene) {
  if (std::filesystem::path(scene).extension() == ".xml") {
    scenes_.emplace_back(BareScene(scene), 1.0);
  } else {
    scenes_ = LoadMixture(FindScene(scene));
  }
  const Scene& reference = first();
  stage_ = Stage::Load(reference.model);
  for (const auto& [each, weight] : scenes_) {
    if (each->model != reference.model || each->frames != reference.frames ||
        each->frame_hz != reference.frame_hz || each->objects != reference.objects ||
        each->camera != reference.camera) {
      throw UserError(each->path, "has another model, camera, frames, frame_hz or objects than " +
                                      reference.path + ": films of one file must agree");
    }
    stage_->Check(*each);
    fingerprint_ = Fingerprint(
        std::to_string(each->fingerprint) + " " + std::to_string(weight) + " ", fingerprint_);
  }
  fingerprint_ = Fingerprint(mj_versionString(), fingerprint_);
}

size_t Repertoire::Pick(uint64_t seed, uint64_t index) const {
  double at = RandomStream(seed, "mixture", index).Uniform();
  for (size_t i = 0; i + 1 < scenes_.size(); ++i) {
    at -= scenes_[i].second;
    if (at < 0) return i;
  }
  return scenes_.size() - 1;
}

void RecordInto(EpisodeWriter* writer, const Repertoire& repertoire, const RecordOptions& options,
                const std::function<bool()>& go_on) {
  // Deflating costs a sixteenth of filming.
  if (2 * ThreadsOrAll(options.threads) <= Processors()) {
    RecordFilms<Episode>(
        repertoire, options, [](Episode film) { return film; },
        [&](Episode film) {
          writer->Write(EpisodeWriter::Compress(std::move(film)));
          return go_on();
        });
  } else {
    RecordFilms<CompressedEpisode>(repertoire, options, &EpisodeWriter::Compress,
                                   [&](const CompressedEpisode& film) {
                                     writer->Write(film);
                                     return go_on();
                                   });
  }
}

std::vector<Episode> RecordInMemory(const Repertoire& repertoire, const RecordOptions& options) {
  std::vector<Episode> films;
  RecordFilms<Episode>(
      repertoire, options, [](Episode film) { return film; },
      [&](Episode film) {
        films.push_back(std::move(film));
        return true;
      });
  return films;
}

}  // namespace peekaboo::sim
