#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "agent/mind/configurator.h"
#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "base/error.h"
#include "lab/experiment/planning.h"

namespace peekaboo::app {
namespace {

struct PlanCommand {
  CommonOptions common;
  lab::PlanningOptions planning;
  bool random = false, simulator = false;
};

}  // namespace

SubcommandFn AddPlan(CLI::App& command) {
  auto options = std::make_shared<PlanCommand>();
  command
      .add_option("task", options->planning.task,
                  "A scene with a [task], or an MJCF with actuators")
      ->required();
  command.add_option("--goal-qpos", options->planning.goal_qpos,
                     "Of an MJCF: what its joints shall be, one number each (\"0.5 -1\")");
  command
      .add_option("--goal-keyframe", options->planning.goal_keyframe,
                  "Of an MJCF: name or number of a keyframe that shall be reached")
      ->excludes("--goal-qpos");
  command
      .add_option("--frame-hz", options->planning.bare.frame_hz,
                  "Of an MJCF: frames a second, as it was recorded")
      ->capture_default_str();
  command.add_option(
      "--model", options->planning.model,
      "Weights of a model that learned actions (default: the one that comes with the "
      "program for the scene's stage, if there is one)");
  command.add_option("--episodes", options->planning.episodes, "Layouts of the task")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  auto* random = command.add_flag("--random", options->random,
                                  "Random actions in place of plans, to compare with");
  command
      .add_flag("--simulator", options->simulator,
                "Plan with the simulator itself and true places: what a perfect model would reach")
      ->excludes(random);
  command
      .add_option("--correct", options->planning.corrections,
                  "Rounds in which it practises on other layouts and learns from what happened; "
                  "a test before and after each")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command.add_option("--save", options->planning.save,
                     "Where to write the model that was corrected (safetensors)");
  command.add_option("--films", options->planning.films,
                     "Folder for films of the first episodes: goal, world, plan, cost");
  command.add_option("--out", options->planning.out,
                     "Where to keep results and films, with a report.html (a folder; one that voe "
                     "wrote gets a section)");
  command.add_option("--set", options->planning.settings, "Any setting of [plan]: KEY=VALUE");
  AddSeed(command, &options->common);
  AddJson(command, &options->common);
  AddThreads(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command,
              "  peekaboo plan tasks/reach --model runs/table/model.safetensors\n"
              "  peekaboo plan tasks/push --model runs/table/model.safetensors "
              "--set planner=gradient\n"
              "  peekaboo plan tasks/push_far --correct 3 --save runs/table/corrected.safetensors "
              "--model runs/table/model.safetensors\n"
              "  peekaboo plan tasks/push --random\n\nSettings:\n" +
                  agent::ActorConfig::Describe().Help());
  return [options] {
    lab::PlanningOptions& planning = options->planning;
    using Who = lab::EpisodeOptions::Who;
    planning.who = options->random      ? Who::kRandom
                   : options->simulator ? Who::kSimulator
                                        : Who::kModel;
    if (planning.model.empty() && planning.who == Who::kModel)
      planning.model = ShippedActor(planning.task);
    if (planning.model.empty() && planning.who == Who::kModel)
      throw UserError("plan", "needs --model, or --random, or --simulator");
    planning.seed = options->common.seed;
    planning.threads = options->common.Threads();
    const StopOnInterrupt stop;
    const lab::ExperimentContext context = Context(stop, options->common);
    const lab::PlanningOutcome outcome = lab::RunPlanning(planning, context);
    const std::string text = options->common.json ? lab::PlanningJson(outcome.results)
                                                  : lab::PlanningTable(outcome.results);
    std::fputs(text.c_str(), stdout);
    if (outcome.complete && !planning.out.empty() && !options->common.json)
      std::printf("%s/report.html\n", planning.out.c_str());
    return outcome.complete ? 0 : 1;
  };
}

}  // namespace peekaboo::app
