#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "app/commands.h"
#include "app/context.h"
#include "app/options.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "base/error.h"
#include "base/suggest.h"
#include "lab/experiment/live_run.h"

namespace peekaboo::app {
namespace {

namespace command = agent::command;

struct LiveCommand {
  CommonOptions common;
  lab::LiveOptions live;
  std::string model;
  bool headless = false, newborn = false;
  std::vector<std::string> wands, factors, weights;
  std::string mode;
};

/// "MOMENT:SPELL:BODY" or "MOMENT:SPELL:BODY:ARGUMENT", the argument being a word or "X,Z".
lab::TimedWand ReadWand(const std::string& text) {
  const std::string where = "--wand " + text;
  std::vector<std::string> parts = {""};
  for (const char c : text) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() < 3 || parts.size() > 4)
    throw UserError(where, "is not MOMENT:SPELL:BODY or MOMENT:SPELL:BODY:ARGUMENT");
  lab::TimedWand timed;
  const auto read = [&](const std::string& number, auto* value) {
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), *value);
    if (error != std::errc() || end != number.data() + number.size())
      throw UserError(where, fmt::format("'{}' is not a number", number));
  };
  read(parts[0], &timed.moment);
  timed.text = text;
  if (timed.moment < 0) throw UserError(where, "moments count from 0");
  std::vector<std::string> names;
  bool known = false;
  for (const sim::InterventionType& type : sim::InterventionTypes()) {
    names.emplace_back(type.name);
    if (names.back() != parts[1]) continue;
    timed.wand.kind = type.kind;
    known = true;
  }
  if (!known)
    throw UserError(where, fmt::format("'{}' is no spell{}", parts[1], Suggest(parts[1], names)));
  timed.wand.target = parts[2];
  if (parts.size() == 4) {
    const auto comma = parts[3].find(',');
    if (comma == std::string::npos) {
      timed.wand.word = parts[3];
    } else {
      auto& place = timed.wand.place.emplace();
      read(parts[3].substr(0, comma), &place[0]);
      read(parts[3].substr(comma + 1), &place[1]);
    }
  }
  if (timed.wand.kind == sim::Intervention::Kind::kTeleport && !timed.wand.place)
    throw UserError(where, "does not say where to: teleport takes X,Z");
  return timed;
}

/// "KEY=VALUE", the value a number or a word.
std::pair<std::string, sim::Value> ReadAssignment(const std::string& flag,
                                                  const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw UserError(flag + " " + text, "is not KEY=VALUE");
  const std::string word = text.substr(equals + 1);
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc() && end == word.data() + word.size())
    return {text.substr(0, equals), number};
  return {text.substr(0, equals), word};
}

command::SetFactor ReadFactor(const std::string& text) {
  const auto [key, value] = ReadAssignment("--set", text);
  return {key, value};
}

command::SetWeight ReadWeight(const std::string& text) {
  const auto [scene, value] = ReadAssignment("--weight", text);
  const auto* weight = std::get_if<double>(&value);
  if (!weight) throw UserError("--weight " + text, "is not SCENE=NUMBER");
  return {scene, *weight};
}

agent::Mode ReadMode(const std::string& name) {
  return name == "watch"  ? agent::Mode::kWatch
         : name == "play" ? agent::Mode::kPlay
                          : agent::Mode::kGoal;
}

int Live(LiveCommand& options) {
  if (!options.headless)
    throw UserError("live", "runs without a window only: say --headless, or use peekaboo gui");
  for (const std::string& text : options.wands) options.live.wands.push_back(ReadWand(text));
  for (const std::string& text : options.factors) options.live.factors.push_back(ReadFactor(text));
  for (const std::string& text : options.weights) options.live.weights.push_back(ReadWeight(text));
  if (options.live.keep > 0 && options.common.out.empty())
    throw UserError("--keep", "needs a folder: --out");
  if (!options.mode.empty()) options.live.mode = ReadMode(options.mode);
  if (!options.newborn)
    options.live.model =
        options.model.empty() ? ShippedModelFor(options.live.scene) : options.model;
  options.live.seed = options.common.seed;
  const StopOnInterrupt stop;
  const lab::LiveOutcome outcome =
      lab::RunLive(options.live, options.common.out, Context(stop, options.common));
  const auto summary = nlohmann::ordered_json::parse(outcome.json);
  if (options.common.json) {
    std::printf("%s\n", summary.dump(2).c_str());
  } else {
    for (const auto& [key, value] : summary.items())
      std::printf("%-24s %s\n", key.c_str(),
                  value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  }
  return outcome.complete ? 0 : 2;
}

}  // namespace

SubcommandFn AddLive(CLI::App& command) {
  auto options = std::make_shared<LiveCommand>();
  options->live.scene = "voe/support/car";
  command.add_option("scene", options->live.scene, "Scene or mixture, by name or path")
      ->capture_default_str();
  command.add_flag("--headless", options->headless,
                   "Needed: it has no window (peekaboo gui has one)");
  command.add_option("--member", options->live.member,
                     "The film of a matched set to play, by name");
  command.add_option("--model", options->model,
                     "The model that watches, and acts in tasks (default: the one that comes with "
                     "the program for the scene) (safetensors)");
  command.add_flag("--newborn", options->newborn, "Use a model that has learned nothing");
  command.add_flag("--learn", options->live.learn,
                   "Learn from films of the nursery at the same time");
  command.add_option("--minutes", options->live.minutes, "How many minutes to play")
      ->check(CLI::Range(0.01, 1e5))
      ->capture_default_str();
  command
      .add_option("--frames", options->live.frames,
                  "Play this many frames instead, on one thread: the same result each time")
      ->check(CLI::Range(0, 100000000))
      ->capture_default_str();
  command
      .add_option("--speed", options->live.speed,
                  "Simulated seconds for each second; 0: as fast as possible")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  command.add_option("--wand", options->wands,
                     "MOMENT:SPELL:BODY[:ARGUMENT]: an intervention before that moment");
  command.add_option("--weight", options->weights,
                     "SCENE=NUMBER: how often a scene of the nursery is filmed to learn from");
  command
      .add_option("--learning-rate", options->live.learning_rate,
                  "Learning rate of --learn; 0: the default")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--set", options->factors,
                     "KEY=VALUE: sets a factor of the scene: stage.gravity=2, ball.colour=red");
  command
      .add_option("--mode", options->mode,
                  "Who moves a body that has actuators: nobody, play, or plans; else what suits "
                  "the scene")
      ->check(CLI::IsMember({"watch", "play", "goal"}));
  command.add_flag("--lock-step", options->live.lock_step,
                   "Time stands still while a plan is made");
  command.add_option("--plan", options->live.plan,
                     "KEY=VALUE: any setting of [plan], as peekaboo plan --help lists them");
  command
      .add_option("--keep", options->live.keep,
                  "Keep so many episodes that are acted, in acted.h5 of --out; said again, it goes "
                  "on where it ended")
      ->check(CLI::Range(int64_t{0}, int64_t{10000000}))
      ->capture_default_str();
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "surprise.csv, learning.csv and what was learned (a folder)",
         "runs/live");
  AddJson(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(
      command,
      "  peekaboo live --headless --minutes 5\n"
      "  peekaboo live --headless voe/gravity/hang --frames 200 --json\n"
      "  peekaboo live --headless nursery --frames 100 --wand 40:vanish:ball "
      "--wand 50:teleport:ball:0.5,0.8\n"
      "  peekaboo live --headless voe/support/car --set stage.gravity=1 --frames 64\n"
      "  peekaboo live --headless tasks/push --model runs/table/model.safetensors --speed 0 "
      "--lock-step\n"
      "  peekaboo live --headless tasks/push --lock-step --speed 0 --keep 1000 --out runs/lived\n"
      "  peekaboo live --headless nursery --newborn --learn --minutes 10 --out runs/born");
  return [options] { return Live(*options); };
}

}  // namespace peekaboo::app
