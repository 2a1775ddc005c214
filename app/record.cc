#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <sstream>

#include "app/build.h"
#include "app/commands.h"
#include "app/options.h"
#include "app/progress.h"
#include "app/recording.h"
#include "app/stop.h"
#include "base/error.h"
#include "sim/episode/episode_file.h"
#include "sim/render/gl_context.h"

namespace peekaboo::app {
namespace {

struct RecordCommand {
  CommonOptions common;
  sim::RecordOptions record;
  std::string split = "seen";
};

}  // namespace

int64_t RecordToFile(const sim::RecordOptions& wanted, const std::string& path,
                     const std::atomic<bool>& stop, bool quiet) {
  sim::RecordOptions options = wanted;
  const sim::SceneMixture mixture(options.scene);
  std::string scenes;
  for (const auto& scene : mixture.scenes()) scenes += scene.first->name + "\n";
  const sim::EpisodeAttributes attributes = {{"scene", options.scene},
                                             {"scenes", scenes},
                                             {"seed", std::to_string(options.seed)},
                                             {"split", sim::SplitName(options.split)},
                                             {"fingerprint", std::to_string(mixture.fingerprint())},
                                             {"frame_hz", std::to_string(mixture.first().frame_hz)},
                                             {"created_by", BuildAndEngine()}};
  sim::EpisodeSchema schema;
  schema.height = options.film.height;
  schema.width = options.film.width;
  schema.qpos_size = mixture.stage()->model()->nq;
  schema.qvel_size = mixture.stage()->model()->nv;
  schema.objects = mixture.first().objects;
  schema.has_visible = options.film.visible;

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
        throw UserError(path, "exists and was recorded with another " + what +
                                  ": choose another --out, or remove it");
      }
    }
    if (reader.size() >= options.episodes) return reader.size();
    have = reader.size();
  }
  sim::GlContext::Create();  // a machine that cannot film learns so before anything is written
  if (const auto folder = std::filesystem::path(path).parent_path(); !exists && !folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw UserError(folder.string(), "cannot be made: " + error.message());
  }
  auto writer = exists ? sim::EpisodeWriter::Append(path, schema, frames)
                       : sim::EpisodeWriter::Create(path, schema, frames, attributes);
  options.first = have;
  options.episodes -= have;
  Progress progress("recording", have + options.episodes, Progress::StandardError(quiet), have);
  sim::RecordInto(&writer, mixture, options, [&] {
    progress.Update(writer.size());
    return !stop.load();
  });
  const int64_t written = writer.size();
  writer.Close();
  progress.Finish();
  return written;
}

SubcommandFn AddRecord(CLI::App& command) {
  auto options = std::make_shared<RecordCommand>();
  command.add_option("scene", options->record.scene, "A scene or mixture, by name or path")
      ->capture_default_str();
  command.add_option("--episodes", options->record.episodes, "How many films")
      ->check(CLI::Range(1, 100000000))
      ->capture_default_str();
  command.add_option("--split", options->split, "One of " + sim::SplitNames())
      ->capture_default_str();
  command.add_option("--height", options->record.film.height, "Picture height [pixels]")
      ->check(CLI::Range(16, 1024))
      ->capture_default_str();
  command.add_option("--width", options->record.film.width, "Picture width [pixels]")
      ->check(CLI::Range(16, 1024))
      ->capture_default_str();
  command.add_flag("--visible", options->record.film.visible,
                   "Also record how many pixels of each object are seen (a second render)");
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "the films (HDF5)", "data/nursery.h5");
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command,
              "  peekaboo record --episodes 16384 --out data/nursery.h5\n"
              "  peekaboo record voe/support/car --episodes 64 --visible --out data/car.h5\n"
              "The same command again goes on where the file ends.");
  return [options] {
    options->record.seed = options->common.seed;
    options->record.threads = options->common.Threads();
    options->record.split = sim::SplitFromName(options->split);
    const StopOnInterrupt stop;
    const int64_t written =
        RecordToFile(options->record, options->common.out, stop.requested(), options->common.quiet);
    std::printf("%s: %lld episodes\n", options->common.out.c_str(),
                static_cast<long long>(written));
    return written >= options->record.episodes ? 0 : 1;
  };
}

}  // namespace peekaboo::app
