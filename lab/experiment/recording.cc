#include "lab/experiment/recording.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/folder.h"
#include "lab/experiment/progress.h"
#include "sim/episode/episode_file.h"
#include "sim/render/gl_context.h"

namespace peekaboo::lab {

int64_t RecordToFile(const sim::RecordOptions& wanted, const std::string& path,
                     const ExperimentContext& context) {
  sim::RecordOptions options = wanted;
  const sim::SceneMixture mixture(options.scene, options.bare);
  sim::EpisodeAttributes attributes =
      sim::FilmAttributes(mixture, options.scene, options.seed, options.split);
  attributes["created_by"] = ProgramAndEngine(context.provenance);
  const sim::EpisodeSchema schema =
      sim::FilmSchema(*mixture.stage(), mixture.first(), options.film);
  const int frames = mixture.first().frames;
  int64_t have = 0;
  std::error_code unreadable;
  const bool exists = std::filesystem::exists(path, unreadable);
  if (unreadable) throw UserError(path, unreadable.message());
  if (exists) {
    const auto reader = sim::EpisodeReader::Open(path);
    for (const auto& [name, text] : attributes) {
      const auto found = reader.attributes().find(name);
      if (name != "created_by" && (found == reader.attributes().end() || found->second != text)) {
        const std::string what =
            name == "fingerprint" ? "version of the scenes or of MuJoCo" : name;
        throw UserError(
            path, fmt::format(
                      "exists and was recorded with another {}: choose another --out, or remove it",
                      what));
      }
    }
    if (reader.size() >= options.episodes) return reader.size();
    have = reader.size();
  }
  sim::GlContext::Create();  // a machine that cannot film learns so before anything is written
  if (const auto folder = std::filesystem::path(path).parent_path(); !exists && !folder.empty())
    MakeFolder(folder.string());
  auto writer = exists ? sim::EpisodeWriter::Append(path, schema, frames)
                       : sim::EpisodeWriter::Create(path, schema, frames, attributes);
  options.first = have;
  options.episodes -= have;
  Progress progress("recording", have + options.episodes, Progress::StandardError(context.quiet),
                    have);
  sim::RecordInto(&writer, mixture, options, [&] {
    progress.Update(writer.size());
    return !context.stop.load();
  });
  const int64_t written = writer.size();
  writer.Close();
  progress.Finish();
  return written;
}

}  // namespace peekaboo::lab
