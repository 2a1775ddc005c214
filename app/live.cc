#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "agent/session/curves.h"
#include "agent/session/session.h"
#include "app/commands.h"
#include "app/options.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "base/error.h"
#include "base/suggest.h"
#include "lab/experiment/progress.h"

namespace peekaboo::app {
namespace {

namespace command = agent::command;

struct LiveCommand {
  CommonOptions common;
  std::string scene = "voe/support/car", member, model = ShippedModel();
  double minutes = 1, speed = 1;
  int64_t frames = 0;
  bool headless = false, newborn = false, learn = false;
  std::vector<std::string> wands, factors, weights;
  double learning_rate = 0;  // 0: the learner's own
};

/// A spell to be cast when a moment is reached.
struct Timed {
  int64_t moment;
  command::Wand wand;
  std::string text;  ///< as it was given
};

/// "MOMENT:SPELL:BODY" or "MOMENT:SPELL:BODY:ARGUMENT", the argument being a word or "X,Z".
Timed ReadWand(const std::string& text) {
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
  Timed timed{};
  const auto read = [&](const std::string& number, auto* value) {
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), *value);
    if (error != std::errc() || end != number.data() + number.size())
      throw UserError(where, "'" + number + "' is not a number");
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
  if (!known) throw UserError(where, "'" + parts[1] + "' is no spell" + Suggest(parts[1], names));
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

/// "step 120, loss 0.412, 900 frames/s" of a session that learns.
std::string LearningNote(const agent::Session& session) {
  const auto learning = session.learning();
  if (!learning || !learning->on) return "";
  if (learning->curve.empty()) return learning->doing;
  char note[96];
  std::snprintf(note, sizeof note, "step %lld, loss %.3f, %.0f frames/s",
                static_cast<long long>(learning->steps), learning->curve.back().loss,
                learning->frames_per_second);
  return note;
}

/// What is counted of a session that may outlive its history.
struct Tally {
  int64_t last = -1, alarms = 0;
  double most_surprise = 0;

  void Add(const agent::MindSnapshot& mind) {
    for (size_t i = mind.moments.size(); i-- > 0 && mind.moments[i]->observation.moment > last;) {
      const agent::TimelineEntry& moment = *mind.moments[i];
      alarms += moment.alarm;
      if (std::isfinite(moment.surprise)) most_surprise = std::max(most_surprise, moment.surprise);
    }
    if (!mind.moments.empty()) last = std::max(last, mind.moments.back()->observation.moment);
  }
};

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

/// Prints what people should know; true if something went wrong.
bool Print(const agent::Notices& notices, int64_t* seen) {
  bool wrong = false;
  for (const agent::Notice& notice : notices.After(*seen)) {
    *seen = notice.number;
    wrong = wrong || notice.level == agent::Notice::Level::kError;
    std::fprintf(stderr, "peekaboo: %s\n", notice.text.c_str());
  }
  return wrong;
}

nlohmann::ordered_json Summary(const agent::Session& session, const Tally& tally, double seconds) {
  nlohmann::ordered_json summary;
  summary["seconds"] = seconds;
  if (const auto stage = session.stage(); stage && stage->spec) {
    summary["scene"] = stage->spec->scene->name;
    summary["moments"] = stage->newest + 1;
    summary["episodes"] = stage->episode;
    summary["real_time_factor"] = stage->real_time_factor;
    summary["frame_ms"] = stage->frame_ms;
  }
  if (const auto mind = session.mind(); mind && mind->version) {
    summary["model"] = mind->version->name;
    summary["precision"] =
        worldmodel::PrecisionName(mind->version->model->config().ProductPrecision());
    summary["perception_ms"] = mind->perception_ms;
    if (mind->version->readout)
      summary["threshold"] = mind->version->readout->calibration.Threshold();
    summary["most_surprise"] = tally.most_surprise;
    summary["moments_above_threshold"] = tally.alarms;
  }
  if (const auto learning = session.learning()) {
    summary["learned_steps"] = learning->steps;
    for (const auto& version : learning->versions)
      summary["versions"].push_back({{"name", version->name}, {"exam", version->exam}});
    if (!learning->curve.empty()) {
      summary["loss"] = learning->curve.back().loss;
      summary["effective_rank"] = learning->curve.back().effective_rank;
    }
  }
  return summary;
}

/// The stage stops, what was learned to the end becomes a version, and that is examined, unless
/// people are in a hurry. `go_on` lets the session work; false: it cannot.
void Conclude(agent::Session& session, const StopOnInterrupt& stop,
              const std::function<bool()>& go_on) {
  session.Post(agent::StageCommand(command::SetPlaying{false}));
  session.Post(agent::LearnCommand(command::SetLearning{false}));
  const auto done = [&] {
    const auto learning = session.learning();
    return !learning || (!learning->on && (learning->doing.empty() || stop.requested()));
  };
  while (!done() && go_on()) {
  }
}

int Live(const LiveCommand& options) {
  if (!options.headless)
    throw UserError("live", "runs without a window only: say --headless, or use peekaboo gui");
  std::vector<Timed> wands;
  for (const std::string& text : options.wands) wands.push_back(ReadWand(text));
  std::stable_sort(wands.begin(), wands.end(),
                   [](const Timed& a, const Timed& b) { return a.moment < b.moment; });
  if (!options.common.out.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.common.out, error);
    if (error) throw UserError(options.common.out, error.message());
  }

  agent::SessionOptions session_options;
  session_options.simulate.seed = session_options.learn.seed = options.common.seed;
  agent::Session session(session_options);
  const auto post = [&](auto what) { session.Post(agent::Command(std::move(what))); };
  post(agent::StageCommand(command::SetPlaying{false}));
  post(agent::StageCommand(command::LoadScene{options.scene, options.member}));
  for (const std::string& text : options.factors) post(agent::StageCommand(ReadFactor(text)));
  post(agent::StageCommand(command::SetSpeed{options.speed}));
  if (options.newborn) {
    post(agent::LearnCommand(command::NewModel{options.common.seed}));
  } else {
    post(agent::LearnCommand(command::LoadModel{options.model}));
  }
  for (const std::string& text : options.weights) post(agent::LearnCommand(ReadWeight(text)));
  if (options.learning_rate > 0)
    post(agent::LearnCommand(command::SetLearningRate{options.learning_rate}));
  if (options.learn) post(agent::LearnCommand(command::SetLearning{true}));

  const agent::Clock now = agent::SteadyClock();
  const double start = now();
  const double budget = 60 * options.minutes;
  int64_t seen = 0;
  bool wrong = false;
  std::optional<agent::SurpriseTable> table;
  if (!options.common.out.empty()) table.emplace(options.common.out + "/surprise.csv");
  Tally tally;
  const StopOnInterrupt stop;
  lab::Progress progress(
      "live", options.frames > 0 ? options.frames : static_cast<int64_t>(budget) + 1,
      lab::Progress::StandardError(options.common.quiet), 0, {options.frames > 0 ? "frames" : "s"});
  // The first frame waits for the model, so that nothing goes by unseen.
  const auto ready = [&] {
    const auto mind = session.mind();
    return mind && mind->version && mind->version->readout && !mind->moments.empty();
  };
  bool playing = false;
  const auto follow = [&] {
    wrong = Print(session.notices(), &seen) || wrong;
    if (const auto mind = session.mind(); playing) {
      tally.Add(*mind);
      if (table) table->Add(*mind);
    }
    if (!playing && ready()) {
      playing = true;
      post(agent::StageCommand(command::SetPlaying{true}));
    }
    const auto stage = session.stage();
    while (!wands.empty() && stage && stage->moment + 1 >= wands.front().moment) {
      post(agent::StageCommand(wands.front().wand));
      wands.erase(wands.begin());
    }
    return stage ? stage->moment + 1 : 0;
  };
  if (options.frames > 0) {
    int64_t moments = 0;
    while (!stop.requested() && !wrong && moments < options.frames) {
      session.Tick();
      moments = follow();
      progress.Update(moments, LearningNote(session));
    }
    const auto go_on = [&] {
      session.Tick();
      return true;
    };
    if (options.learn && !wrong) Conclude(session, stop, go_on);
  } else {
    session.Start();
    const auto wait = [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      wrong = Print(session.notices(), &seen) || wrong;
      return !wrong;
    };
    while (!stop.requested() && !wrong && now() - start < budget) {
      wait();
      follow();
      progress.Update(static_cast<int64_t>(now() - start), LearningNote(session));
    }
    if (options.learn && !wrong) Conclude(session, stop, wait);
    session.Stop();
  }
  wrong = Print(session.notices(), &seen) || wrong;
  progress.Finish();
  for (size_t i = 0; i < wands.size() && !stop.requested() && !wrong; ++i)
    std::fprintf(stderr, "peekaboo: --wand %s: it was over before that moment\n",
                 wands[i].text.c_str());
  wrong = wrong || (!wands.empty() && !stop.requested());
  if (const auto mind = session.mind()) tally.Add(*mind);
  if (!options.common.out.empty()) {
    const auto mind = session.mind();
    if (mind) table->Add(*mind);
    table->Commit();
    const auto learning = session.learning();
    if (learning) agent::WriteLearning(*learning, options.common.out + "/learning.csv");
    if (options.learn && learning && !learning->versions.empty()) {
      const std::string path = options.common.out + "/model.safetensors";
      const agent::ModelVersion& version = *learning->versions.back();
      version.model->Save(path);
      if (version.own_readout) version.readout->Save(worldmodel::ReadoutPath(path), *version.model);
    }
  }
  const auto summary = Summary(session, tally, now() - start);
  if (options.common.json) {
    std::printf("%s\n", summary.dump(2).c_str());
  } else {
    for (const auto& [key, value] : summary.items())
      std::printf("%-24s %s\n", key.c_str(),
                  value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  }
  return wrong ? 2 : 0;
}

}  // namespace

SubcommandFn AddLive(CLI::App& command) {
  auto options = std::make_shared<LiveCommand>();
  command.add_option("scene", options->scene, "Scene or mixture, by name or path")
      ->capture_default_str();
  command.add_flag("--headless", options->headless, "Without a window");
  command.add_option("--member", options->member, "Which film of a matched set to play");
  command.add_option("--model", options->model, "The model that watches (safetensors)")
      ->capture_default_str();
  command.add_flag("--newborn", options->newborn, "A model that has learned nothing instead");
  command.add_flag("--learn", options->learn, "Learn from films of the nursery meanwhile");
  command.add_option("--minutes", options->minutes, "How long")
      ->check(CLI::Range(0.01, 1e5))
      ->capture_default_str();
  command
      .add_option("--frames", options->frames,
                  "This many frames instead, on one thread: repeatable")
      ->check(CLI::Range(0, 100000000))
      ->capture_default_str();
  command
      .add_option("--speed", options->speed, "Simulated seconds a second; 0: as fast as it goes")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  command.add_option("--wand", options->wands,
                     "MOMENT:SPELL:BODY[:ARGUMENT]: breaks a law before that moment");
  command.add_option("--weight", options->weights,
                     "SCENE=NUMBER: how much of what it learns from a scene of the nursery is");
  command.add_option("--learning-rate", options->learning_rate, "Of --learn; 0: as usual")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--set", options->factors,
                     "KEY=VALUE: a factor of the scene, as stage.gravity=2 or ball.colour=red");
  AddSeed(command, &options->common);
  AddOut(command, &options->common, "surprise.csv, learning.csv and what was learned (a folder)",
         "runs/live");
  AddJson(command, &options->common);
  AddQuiet(command, &options->common);
  AddExamples(command,
              "  peekaboo live --headless --minutes 5\n"
              "  peekaboo live --headless voe/gravity/hang --frames 200 --json\n"
              "  peekaboo live --headless nursery --frames 100 --wand 40:vanish:ball "
              "--wand 50:teleport:ball:0.5,0.8\n"
              "  peekaboo live --headless voe/support/car --set stage.gravity=1 --frames 64\n"
              "  peekaboo live --headless nursery --newborn --learn --minutes 10 --out runs/born");
  return [options] { return Live(*options); };
}

}  // namespace peekaboo::app
