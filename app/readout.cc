#include "worldmodel/readout/readout.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "agent/mind/readout_fitter.h"
#include "app/commands.h"
#include "app/options.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "base/error.h"
#include "lab/experiment/progress.h"
#include "sim/render/gl_context.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::app {
namespace {

struct ReadoutCommand {
  CommonOptions common;
  std::string model = ShippedModel(), nursery = "nursery";
  int64_t films = 600;
  int decoder_steps = 1500;
};

int FitReadout(const ReadoutCommand& options) {
  worldmodel::SetComputeThreads(options.common.Threads());
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  const auto model =
      std::make_shared<const worldmodel::WorldModel>(worldmodel::WorldModel::Load(options.model));
  const std::string path =
      options.common.out.empty() ? worldmodel::ReadoutPath(options.model) : options.common.out;
  agent::Nursery nursery(options.nursery, model->config().image_size, options.common.seed);
  agent::ReadoutFitter readout_fitter(
      {.films = options.films, .decoder_steps = options.decoder_steps, .seed = options.common.seed},
      &nursery);
  readout_fitter.Begin(model, nullptr);
  const StopOnInterrupt stop;
  lab::Progress progress("readout", options.films + options.decoder_steps + 1,
                         lab::Progress::StandardError(options.common.quiet));
  std::shared_ptr<const worldmodel::Readout> readout;
  for (int64_t done = 0; readout_fitter.busy() && !stop.requested(); ++done) {
    if (auto better = readout_fitter.Work()) readout = std::move(better);
    progress.Update(done);
  }
  progress.Finish();
  if (stop.requested()) throw UserError(path, "was not written: stopped");
  readout->Save(path, *model);
  nlohmann::ordered_json summary = {
      {"readout", path},
      {"films", options.films},
      {"decoder_steps", options.decoder_steps},
      {"threshold", readout->calibration.Threshold()},
      {"variance_shown", readout->projection.Explained(0) + readout->projection.Explained(1) +
                             readout->projection.Explained(2)},
      {"probes", readout->probes.size()}};
  if (options.common.json) {
    std::printf("%s\n", summary.dump(2).c_str());
  } else {
    std::printf(
        "wrote %s: surprise above %.2f of the usual is an alarm; three axes show %.0f%% of "
        "the latents' variance\n",
        path.c_str(), readout->calibration.Threshold(),
        100 * summary["variance_shown"].get<double>());
  }
  return 0;
}

}  // namespace

SubcommandFn AddReadout(CLI::App& command) {
  auto options = std::make_shared<ReadoutCommand>();
  command.add_option("--model", options->model, "The model to be read (safetensors)")
      ->capture_default_str();
  command.add_option("--nursery", options->nursery, "Scene or mixture of possible films")
      ->capture_default_str();
  command.add_option("--films", options->films, "Possible films that it is shown")
      ->check(CLI::Range(int64_t{1}, int64_t{100000}))
      ->capture_default_str();
  command.add_option("--decoder-steps", options->decoder_steps, "Steps that its decoder learns")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "the readout; MODEL.readout.safetensors if left out");
  command.get_option("--out")->required(false);
  AddThreads(command, &options->common);
  AddJson(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command, "  peekaboo readout --model runs/night/model.safetensors");
  return [options] { return FitReadout(*options); };
}

}  // namespace peekaboo::app
