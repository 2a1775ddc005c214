#include "worldmodel/readout/readout.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "lab/experiment/readout_fit.h"

namespace peekaboo::app {
namespace {

struct ReadoutCommand {
  CommonOptions common;
  lab::ReadoutOptions fit;
};

int Fit(ReadoutCommand& options) {
  options.fit.seed = options.common.seed;
  options.fit.threads = options.common.Threads();
  const std::string path =
      options.common.out.empty() ? worldmodel::ReadoutPath(options.fit.model) : options.common.out;
  const StopOnInterrupt stop;
  const lab::ReadoutFit fit = lab::FitReadout(options.fit, path, Context(stop, options.common));
  if (options.common.json) {
    const nlohmann::ordered_json summary = {{"readout", path},
                                            {"films", options.fit.films},
                                            {"decoder_steps", options.fit.decoder_steps},
                                            {"threshold", fit.threshold},
                                            {"variance_shown", fit.variance_shown},
                                            {"probes", fit.probes}};
    std::printf("%s\n", summary.dump(2).c_str());
  } else {
    std::printf(
        "wrote %s: surprise above %.2f of the usual is an alarm; three axes show %.0f%% of "
        "the latents' variance\n",
        path.c_str(), fit.threshold, 100 * fit.variance_shown);
  }
  return 0;
}

}  // namespace

SubcommandFn AddReadout(CLI::App& command) {
  auto options = std::make_shared<ReadoutCommand>();
  options->fit.model = ShippedModel();
  command.add_option("--model", options->fit.model, "The model that it is fitted to (safetensors)")
      ->capture_default_str();
  command
      .add_option("--nursery", options->fit.nursery,
                  "Scene or mixture of the possible films that the model is shown")
      ->capture_default_str();
  command.add_option("--films", options->fit.films, "How many possible films the model is shown")
      ->check(CLI::Range(int64_t{1}, int64_t{100000}))
      ->capture_default_str();
  command
      .add_option("--decoder-steps", options->fit.decoder_steps, "Training steps of the decoder")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "the readout; MODEL.readout.safetensors if left out");
  command.get_option("--out")->required(false);
  AddThreads(command, &options->common);
  AddJson(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command, "  peekaboo readout --model runs/night/model.safetensors");
  return [options] { return Fit(*options); };
}

}  // namespace peekaboo::app
