#include "lab/experiment/demo.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/print_summary.h"
#include "app/shipped_model.h"
#include "app/stop.h"

namespace peekaboo::app {
namespace {

struct DemoCommand {
  CommonOptions common;
  lab::DemoOptions demo;
};

}  // namespace

SubcommandFn AddDemo(CLI::App& command) {
  auto options = std::make_shared<DemoCommand>();
  command.add_flag("--quick", options->demo.quick,
                   "Do all of it in two minutes, with a model that has hardly learned");
  command.add_option(
      "--set", options->demo.settings,
      "Any setting that `train` has, for infant and pixel baseline: model.KEY=VALUE, "
      "train.KEY=VALUE, budget.KEY=VALUE (minutes: the infant's alone)");
  AddSeed(command, &options->common);
  command.add_option("--out", options->common.out,
                     "Where to write the run and its report (a folder) [runs/demo, quick: "
                     "runs/quick]");
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command,
              "  peekaboo demo\n  peekaboo demo --quick\n"
              "  peekaboo demo --quick --threads 1 --set train.objective=sigreg --out runs/sigreg\n"
              "Ctrl-C stops; the same command again goes on.");
  return [options] {
    lab::DemoOptions demo = options->demo;
    demo.seed = options->common.seed;
    demo.threads = options->common.threads;
    demo.out = !options->common.out.empty() ? options->common.out
               : demo.quick                 ? "runs/quick"
                                            : "runs/demo";
    const StopOnInterrupt stop;
    demo.acting = ShippedActor(lab::kDemoTasks[0]);
    const auto outcome = lab::RunDemo(demo, Context(stop, options->common));
    if (!outcome) return 1;
    PrintSummary(outcome->watching, false);
    PrintActing(outcome->acting);
    std::printf("%s/report.html\n", demo.out.c_str());
    return 0;
  };
}

}  // namespace peekaboo::app
