#include "ui/gui.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "agent/session.h"
#include "app/commands.h"
#include "app/examination.h"
#include "app/options.h"
#include "app/stop.h"
#include "sim/error.h"
#include "sim/image.h"

namespace peekaboo::app {
namespace {

namespace command = agent::command;

constexpr double kMostFrames = 30;    // a second
constexpr double kIdleSeconds = 0.5;  // between frames when nothing happens

struct GuiCommand {
  CommonOptions common;
  std::string scene = "voe/support/car", member, model = DefaultModel(), screenshot;
  bool learn = false;
  int width = 1280, height = 720;
  double seconds = 0;
};

/// All scenes below scenes/, by name.
std::vector<std::string> AllScenes() {
  std::vector<std::string> names;
  const std::filesystem::path nursery = sim::FindScene("nursery");
  std::filesystem::path root = nursery.parent_path();
  if (root.filename() == "nursery") root = root.parent_path();
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root, error)) {
    if (entry.path().extension() != ".toml" || entry.path().filename() == "common.toml") continue;
    names.push_back(std::filesystem::relative(entry.path(), root).replace_extension().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string FreeName() {
  for (int i = 1;; ++i) {
    std::string name = "peekaboo-" + std::to_string(i) + ".png";
    if (!std::filesystem::exists(name)) return name;
  }
}

int RunGui(const GuiCommand& options) {
  ui::Window window({.width = options.width, .height = options.height});
  agent::SessionOptions session_options;
  session_options.simulate.seed = session_options.learn.seed = options.common.seed;
  session_options.simulate.views = true;
  const agent::Clock clock = agent::SteadyClock();
  agent::Session session(session_options, clock);
  session.Post(agent::StageCommand(command::LoadScene{options.scene, options.member}));
  session.Post(agent::LearnCommand(command::LoadModel{options.model}));
  if (options.learn) session.Post(agent::LearnCommand(command::SetLearning{true}));
  ui::Gui gui(&session, clock, AllScenes());
  session.Start(&ui::Window::Wake);
  const StopOnInterrupt stop;
  const double start = clock();
  double next = start;
  while (!window.ShouldClose() && !gui.quit() && !stop.requested()) {
    const auto stage = session.stage();
    const bool moving = stage && stage->playing;
    const double now = clock();
    if (now < next) {
      window.Wait(next - now);
      continue;
    }
    if (!moving) window.Wait(kIdleSeconds);
    next = std::max(next + 1 / kMostFrames, clock());
    for (const std::string& path : window.TakeDropped()) gui.Open(path);
    window.Wait(0);
    window.BeginFrame(gui.theme(), gui.font_scale());
    gui.Draw(window.Times(), window.TakePressed());
    const bool over = options.seconds > 0 && clock() - start > options.seconds;
    std::string name = over ? options.screenshot : "";
    const bool asked = name.empty() && gui.TakeScreenshotRequest();
    if (asked) name = FreeName();
    sim::Image picture;
    window.EndFrame(name.empty() ? nullptr : &picture);
    if (!name.empty()) sim::WritePng(name, picture);
    if (asked) gui.Tell(agent::Notice::Level::kInfo, "wrote " + name);
    if (over) break;
  }
  session.Stop();
  return 0;
}

}  // namespace

Action AddGui(CLI::App& command) {
  auto options = std::make_shared<GuiCommand>();
  command.add_option("scene", options->scene, "Scene or mixture, by name or path")
      ->capture_default_str();
  command.add_option("--member", options->member, "Which film of a matched set to play");
  command.add_option("--model", options->model, "The model that watches (safetensors)")
      ->capture_default_str();
  command.add_flag("--learn", options->learn, "Learn from the beginning (key T)");
  command.add_option("--width", options->width, "Of the window")->check(CLI::Range(320, 16384));
  command.add_option("--height", options->height, "Of the window")->check(CLI::Range(240, 16384));
  command.add_option("--seconds", options->seconds, "Close by itself after so long");
  command.add_option("--screenshot", options->screenshot,
                     "PNG of the window when it closes by itself");
  AddSeed(command, &options->common);
  AddExamples(command,
              "  peekaboo gui\n"
              "  peekaboo gui nursery --learn\n"
              "  peekaboo gui voe/support/car --member 'edge, goes on in the air'\n"
              "F1 shows the keys. Files can be dropped on the window: scenes (.toml), models "
              "(.safetensors).");
  return [options] { return RunGui(*options); };
}

}  // namespace peekaboo::app
