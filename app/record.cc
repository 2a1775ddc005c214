#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/stop.h"
#include "base/error.h"
#include "lab/experiment/recording.h"

namespace peekaboo::app {
namespace {

struct RecordCommand {
  CommonOptions common;
  sim::RecordOptions record;
  std::string split = "seen";
  std::string play = "smooth";
};

constexpr int kBareFrames = 64;

}  // namespace

SubcommandFn AddRecord(CLI::App& command) {
  auto options = std::make_shared<RecordCommand>();
  command
      .add_option("scene", options->record.scene,
                  "A scene or mixture, by name or path, or an MJCF (.xml)")
      ->capture_default_str();
  CLI::Option* frame_hz =
      command
          .add_option("--frame-hz", options->record.bare.frame_hz,
                      "Of an MJCF: frames a second, rounded so that whole time steps fill a frame")
          ->check(CLI::Range(0.1, 1000.0))
          ->capture_default_str();
  options->record.bare.frames = kBareFrames;
  CLI::Option* frames =
      command.add_option("--frames", options->record.bare.frames, "Of an MJCF: frames of a film")
          ->check(CLI::Range(2, 4096))
          ->capture_default_str();
  CLI::Option* play =
      command
          .add_option("--play", options->play,
                      "Of an MJCF: how its actuators move it (rest, smooth or seek)")
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
              "  peekaboo record my_robot.xml --episodes 64 --frame-hz 25 --out data/robot.h5\n"
              "The same command again goes on where the file ends.");
  return [options, frame_hz, frames, play] {
    for (const CLI::Option* option : {frame_hz, frames, play}) {
      if (option->count() > 0 && !sim::IsBareScene(options->record.scene)) {
        throw UserError(option->get_name(), "is for an MJCF (.xml); a scene file says it itself");
      }
    }
    options->record.bare.play = sim::PlayFromName(options->play);
    options->record.seed = options->common.seed;
    options->record.threads = options->common.Threads();
    options->record.split = sim::SplitFromName(options->split);
    const StopOnInterrupt stop;
    const int64_t written =
        lab::RecordToFile(options->record, options->common.out, Context(stop, options->common));
    std::printf("%s: %lld episodes\n", options->common.out.c_str(),
                static_cast<long long>(written));
    return written >= options->record.episodes ? 0 : 1;
  };
}

}  // namespace peekaboo::app
