#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/stop.h"
#include "lab/experiment/recording.h"

namespace peekaboo::app {
namespace {

struct RecordCommand {
  CommonOptions common;
  sim::RecordOptions record;
  std::string split = "seen";
};

}  // namespace

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
        lab::RecordToFile(options->record, options->common.out, Context(stop, options->common));
    std::printf("%s: %lld episodes\n", options->common.out.c_str(),
                static_cast<long long>(written));
    return written >= options->record.episodes ? 0 : 1;
  };
}

}  // namespace peekaboo::app
