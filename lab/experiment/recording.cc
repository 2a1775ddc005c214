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
  std::string scenes;
  for (const auto& scene : mixture.scenes()) scenes += scene.first->name + "\n";
  sim::EpisodeAttributes attributes = {{"scene", options.scene},
                                       {"scenes", scenes},
                                       {"seed", std::to_string(options.seed)},
                                       {"split", sim::SplitName(options.split)},
                                       {"fingerprint", std::to_string(mixture.fingerprint())},
                                       {"frame_hz", std::to_string(mixture.first().frame_hz)},
                                       {"created_by", ProgramAndEngine(context.provenance)}};
  const sim::EpisodeSchema schema =
      sim::FilmSchema(*mixture.stage(), mixture.first(), options.film);
  if (schema.action_size > 0) {
    const sim::ActionSpec& actions = mixture.stage()->actions();
    attributes["actions"] = fmt::format("{}\n", fmt::join(actions.names, "\n"));
    const auto mirror = sim::MirrorSigns(mixture.stage()->model(), actions,
                                         mixture.stage()->CameraOf(mixture.first()));
    attributes["action_mirror"] = fmt::format("{}", fmt::join(mirror, " "));
    attributes["play"] = sim::PlayName(mixture.first().play.kind);
    attributes["action_repeat"] = std::to_string(mixture.first().play.repeat);
    attributes["films_of_layout"] = std::to_string(mixture.first().play.FilmsOfLayout());
  }

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
