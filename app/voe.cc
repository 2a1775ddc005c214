#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/print_summary.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "lab/experiment/examination.h"
#include "lab/report/report_input.h"

namespace peekaboo::app {
namespace {

struct VoeCommand {
  CommonOptions common;
  lab::Examination examination;
  std::vector<std::string> splits = {"seen", "novel"};
  bool no_probes = false;
};

}  // namespace

SubcommandFn AddVoe(CLI::App& command) {
  auto options = std::make_shared<VoeCommand>();
  auto& e = options->examination;
  e.models = {ShippedModel()};
  command
      .add_option("--model", e.models,
                  "The model to examine (safetensors); several, say seeds, are averaged")
      ->capture_default_str();
  command.add_option("--pixel", e.pixels, "Pixel baselines (train --pixel) to examine beside it");
  command.add_option("--scenes", e.battery.scenes,
                     "Scenes with matched sets; all below scenes/voe if left out");
  command
      .add_option("--splits", options->splits,
                  "seen, novel (to report), dev, dev_novel (to choose on)")
      ->delimiter(',')
      ->capture_default_str();
  command.add_option("--sets", e.battery.sets, "Matched sets for each scene and split")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command.add_option("--untrained", e.untrained, "Untrained networks to compare with")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command.add_option("--primary", e.battery.primary, "The score that counts: MEASURE_HORIZON_TIME")
      ->capture_default_str();
  command.add_option("--run", e.run, "Folder of the training, for its curves in the report");
  command.add_flag("--no-probes", options->no_probes, "Leave the linear probes out");
  AddPrecision(command, &e.precision);
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "voe.json, media/ and report.html (a folder)", "runs/voe");
  AddThreads(command, &options->common);
  AddJson(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command,
              "  peekaboo voe\n"
              "  peekaboo voe --model runs/first/model.safetensors --run runs/first --sets 200 "
              "--out runs/first\n"
              "  peekaboo voe --model runs/seed*/model.safetensors --out runs/three\n"
              "  peekaboo voe --scenes voe/support/car my/scene.toml --splits seen --sets 50");
  return [options] {
    lab::Examination examination = options->examination;
    examination.battery.seed = options->common.seed;
    examination.battery.threads = options->common.Threads();
    examination.battery.splits.clear();
    for (const std::string& split : options->splits)
      examination.battery.splits.push_back(sim::SplitFromName(split));
    if (options->no_probes) examination.probing.reset();
    examination.out = options->common.out;
    const StopOnInterrupt stop;
    const auto summary = lab::Examine(examination, Context(stop, options->common));
    if (!summary) {
      std::fprintf(stderr, "%s: stopped; the same command goes on\n", examination.out.c_str());
      return 1;
    }
    PrintSummary(*summary, options->common.json);
    if (!options->common.json) std::printf("%s/report.html\n", examination.out.c_str());
    return 0;
  };
}

SubcommandFn AddReport(CLI::App& command) {
  auto options = std::make_shared<VoeCommand>();
  command
      .add_option("directory", options->common.out,
                  "The folder in which voe wrote voe.json, or plan its results")
      ->required();
  command.add_option("--run", options->examination.run,
                     "Folder of the training, for its curves (default: the one given to voe)");
  AddExamples(command, "  peekaboo report runs/voe\n  peekaboo report runs/voe --run runs/first");
  return [options] {
    const std::string& directory = options->common.out;
    lab::WriteReportOf(directory, options->examination.run);
    std::printf("%s/report.html\n", directory.c_str());
    return 0;
  };
}

}  // namespace peekaboo::app
