#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/stop.h"
#include "lab/experiment/intervention.h"

namespace peekaboo::app {
namespace {

struct InterveneCommand {
  CommonOptions common;
  lab::InterventionOptions intervention;
};

}  // namespace

SubcommandFn AddIntervene(CLI::App& command) {
  auto options = std::make_shared<InterveneCommand>();
  command.add_option("scene", options->intervention.scene, "Scene with a [play], by name or path")
      ->capture_default_str();
  command
      .add_option("--model", options->intervention.model, "Weights of a model that learned actions")
      ->required();
  command
      .add_option("--situations", options->intervention.situations,
                  "How many moments are lived and imagined in two ways")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command.add_option("--actions", options->intervention.actions, "Actions of each future")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  AddSeed(command, &options->common);
  AddJson(command, &options->common);
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(
      command,
      "  peekaboo intervene play/table --model runs/table/model.safetensors\n"
      "0 is best. 1, where the pictures differ, is as good as saying that nothing changes.");
  return [options] {
    options->intervention.seed = options->common.seed;
    options->intervention.threads = options->common.Threads();
    const StopOnInterrupt stop;
    const lab::ExperimentContext context = Context(stop, options->common);
    const auto outcome = lab::RunIntervention(options->intervention, context);
    const std::string text = options->common.json
                                 ? lab::InterventionJson(options->intervention, outcome, context)
                                 : lab::InterventionTable(outcome);
    std::fputs(text.c_str(), stdout);
    return outcome.situations == options->intervention.situations ? 0 : 1;
  };
}

}  // namespace peekaboo::app
