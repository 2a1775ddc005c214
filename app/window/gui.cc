#include "ui/gui.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <tuple>

#include "agent/session/curves.h"
#include "agent/session/session.h"
#include "app/commands.h"
#include "app/options.h"
#include "app/shipped_model.h"
#include "app/stop.h"
#include "app/window/background_tasks.h"
#include "app/window/file_watch.h"
#include "app/window/recorder.h"
#include "app/window/settings_file.h"
#include "app/window/state.h"
#include "base/error.h"
#include "sim/media/image.h"
#include "sim/scene/bare_scene.h"

namespace peekaboo::app {
namespace {

namespace command = agent::command;

constexpr double kMostFrames = 30;    // a second
constexpr double kIdleSeconds = 0.5;  // between frames when nothing happens
constexpr double kLookSeconds = 1;    // between looks at the scene's files

struct GuiCommand {
  CommonOptions common;
  std::string scene = "voe/support/car", member, model, screenshot, state;
  bool learn = false, fresh = false;
  int width = 0, height = 0;  // 0: as it was the last time
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

/// What cannot be read is the session's to report.
bool IsTask(const std::string& scene) {
  try {
    return !sim::IsBareScene(scene) && sim::LoadScene(sim::FindScene(scene))->task.exists();
  } catch (const UserError&) {
    return false;
  }
}

sim::Image Cut(const sim::Image& picture, const ui::Part& part) {
  const auto pixel = [](float share, int side, int least) {
    const auto at = static_cast<int>(std::lround(share * static_cast<float>(side)));
    return std::clamp(at, least, side - 1 + std::min(least, 1));
  };
  const int left = pixel(part.left, picture.width, 0);
  const int top = pixel(part.top, picture.height, 0);
  sim::Image cut;
  cut.width = pixel(part.right, picture.width, left + 1) - left;
  cut.height = pixel(part.bottom, picture.height, top + 1) - top;
  for (int y = 0; y < cut.height; ++y) {
    const auto from = picture.rgb.begin() + 3L * ((top + y) * picture.width + left);
    cut.rgb.insert(cut.rgb.end(), from, from + 3L * cut.width);
  }
  return cut;
}

/// The window, its session, and the files around them.
class Program {
 public:
  explicit Program(const GuiCommand& options)
      : options_(options),
        settings_path_(options.fresh ? "" : SettingsPath()),
        settings_(LoadSettings(settings_path_, &complaint_)),
        window_({.width = options.width > 0 ? options.width : settings_.width,
                 .height = options.height > 0 ? options.height : settings_.height}),
        session_(MakeSessionOptions(options), clock_),
        gui_(&session_, clock_, AllScenes(), settings_) {
    if (!options.state.empty()) gui_.NoteWidgets();
    if (IsTask(options.scene)) gui_.ShowLayout("plan");
    if (!complaint_.empty()) gui_.Tell(agent::Notice::Level::kWarning, complaint_);
    session_.Post(agent::StageCommand(command::LoadScene{options.scene, options.member}));
    session_.Post(agent::LearnCommand(command::LoadModel{
        options.model.empty() ? ShippedModelFor(options.scene) : options.model}));
    if (options.learn) session_.Post(agent::LearnCommand(command::SetLearning{true}));
  }

  int Run() {
    session_.Start(&ui::Window::Wake);
    const StopOnInterrupt stop;
    const double start = clock_();
    double next = start;
    bool over = false;
    while (!over && !window_.ShouldClose() && !gui_.quit() && !stop.requested()) {
      const double now = clock_();
      if (now < next) {
        window_.Wait(next - now);
        continue;
      }
      const auto stage = session_.stage();
      NoteGap(stage && stage->playing);
      const bool moving = (stage && stage->playing) || recorder_ || gui_.restless();
      if (!moving) window_.Wait(kIdleSeconds);
      next = std::max(next + 1 / kMostFrames, clock_());
      Reload();
      over = options_.seconds > 0 && clock_() - start > options_.seconds;
      DrawFrame(over ? options_.screenshot : "");
      if (!options_.state.empty()) WriteState();
    }
    if (recorder_) ToggleRecording();
    session_.Stop();
    Keep();
    return Finish();
  }

 private:
  static agent::SessionOptions MakeSessionOptions(const GuiCommand& options) {
    agent::SessionOptions session;
    session.simulate.seed = session.learn.seed = session.learn.exam.seed = session.plan.seed =
        options.common.seed;
    session.simulate.views = true;
    return session;
  }

  void DrawFrame(const std::string& screenshot) {
    for (const std::string& path : window_.TakeDropped()) gui_.Open(path);
    for (const agent::Notice& notice : background_.notices().After(seen_)) {
      seen_ = notice.number;
      gui_.Tell(notice.level, notice.text);
    }
    window_.Wait(0);
    window_.BeginFrame(gui_.theme(), gui_.font_scale());
    gui_.Draw(window_.Times(), window_.TakePressed());
    std::string name = screenshot;
    for (const ui::Request request : gui_.TakeRequests()) {
      if (request == ui::Request::kScreenshot && name.empty()) name = FreeName(".png");
      if (request == ui::Request::kExport) Export();
      if (request == ui::Request::kRecord) ToggleRecording();
    }
    sim::Image picture;
    window_.EndFrame(name.empty() && !recorder_ ? nullptr : &picture);
    if (recorder_) recorder_->Add(Cut(picture, filmed_));
    if (name.empty()) return;
    background_.Do([name, picture = std::move(picture)] {
      sim::WritePng(name, picture);
      return "wrote " + name;
    });
  }

  /// What could not be written after the last frame is said on stderr.
  int Finish() {
    background_.Finish();
    bool failed = false;
    for (const agent::Notice& notice : background_.notices().After(seen_)) {
      if (notice.level != agent::Notice::Level::kError) continue;
      std::fprintf(stderr, "peekaboo: %s\n", notice.text.c_str());
      failed = true;
    }
    return failed ? 2 : 0;
  }

  /// How long at most a moving picture stood still.
  void NoteGap(bool playing) {
    const double now = clock_();
    if (playing && was_playing_ && now - looked_ > 0)
      most_gap_ = std::max(most_gap_, now - looked_);
    was_playing_ = playing;
    looked_ = now;
  }

  /// "peekaboo-3.png": the first of its kind that does not exist, and is not about to.
  std::string FreeName(const std::string& ending) {
    for (int i = 1;; ++i) {
      std::string name = fmt::format("peekaboo-{}{}", i, ending);
      if (!std::filesystem::exists(name) && names_.insert(name).second) return name;
    }
  }

  void Export() {
    background_.Do([mind = session_.mind(), learning = session_.learning()] {
      if (mind) agent::WriteSurprise(*mind, "peekaboo-surprise.csv");
      if (learning) agent::WriteLearning(*learning, "peekaboo-learning.csv");
      return std::string("wrote peekaboo-surprise.csv and peekaboo-learning.csv");
    });
  }

  void ToggleRecording() {
    if (recorder_) {
      background_.Do([recorder = std::move(recorder_)] {
        recorder->Finish();
        return "wrote " + recorder->path();
      });
      recorder_ = nullptr;
      gui_.SetRecording("");
      return;
    }
    filmed_ = gui_.part();
    recorder_ = std::make_shared<WindowRecorder>(FreeName(".mp4"), kMostFrames);
    gui_.SetRecording(recorder_->path());
  }

  /// Loads a scene again whose file, or whose stage's, was written.
  void Reload() {
    const auto stage = session_.stage();
    if (!stage || !stage->spec || clock_() < next_look_) return;
    next_look_ = clock_() + kLookSeconds;
    if (!looking_.exchange(true)) {
      background_.Do([this, scene = stage->spec->scene] {
        files_.Watch({scene->path, scene->model});
        if (!files_.TakeChanged().empty()) changed_ = true;
        looking_ = false;
        return std::string();
      });
    }
    if (!changed_.exchange(false)) return;
    session_.Post(
        agent::StageCommand(command::LoadScene{stage->spec->requested, stage->spec->member}));
    gui_.Tell(agent::Notice::Level::kInfo, "its file was written: the scene begins again");
  }

  void WriteState() {
    std::string state = DescribeState(session_, gui_, window_, 1000 * most_gap_);
    if (state == state_) return;
    // Whole or not at all, but not synchronised with the disk: that may take longer than a frame.
    const std::string beside = options_.state + ".part";
    std::ofstream(beside) << state;
    std::error_code error;
    std::filesystem::rename(beside, options_.state, error);
    if (error) throw UserError(options_.state, error.message());
    state_ = std::move(state);
  }

  void Keep() {
    if (!complaint_.empty()) return;  // what could not be read is not written over
    ui::Settings settings = gui_.settings();
    std::tie(settings.width, settings.height) = window_.size();
    SaveSettings(settings_path_, settings);
  }

  const GuiCommand& options_;
  const agent::Clock clock_ = agent::SteadyClock();
  std::string settings_path_, complaint_;
  ui::Settings settings_;
  ui::Window window_;
  agent::Session session_;
  ui::Gui gui_;
  std::shared_ptr<WindowRecorder> recorder_;
  ui::Part filmed_;
  FileWatch files_;  // the background thread's
  std::atomic<bool> changed_ = false, looking_ = false;
  std::set<std::string> names_;
  double next_look_ = 0;
  double looked_ = 0, most_gap_ = 0;  // s
  bool was_playing_ = false;
  std::string state_;
  int64_t seen_ = 0;            // of the notices that were shown
  BackgroundTasks background_;  // last: its thread uses the others
};

int RunGui(const GuiCommand& options) {
  Program program(options);
  return program.Run();
}

}  // namespace

SubcommandFn AddGui(CLI::App& command) {
  auto options = std::make_shared<GuiCommand>();
  command.add_option("scene", options->scene, "Scene or mixture, by name or path")
      ->capture_default_str();
  command.add_option("--member", options->member, "The film of a matched set to play, by name");
  command.add_option("--model", options->model,
                     "The model that watches, and acts in tasks (default: the one that comes with "
                     "the program for the scene) (safetensors)");
  command.add_flag("--learn", options->learn, "Learn from the start on (key T)");
  command.add_option("--width", options->width, "Width of the window [pixels]")
      ->check(CLI::Range(320, 16384));
  command.add_option("--height", options->height, "Height of the window [pixels]")
      ->check(CLI::Range(240, 16384));
  CLI::Option* seconds =
      command.add_option("--seconds", options->seconds, "Close the window after this many seconds");
  command
      .add_option("--screenshot", options->screenshot,
                  "Save the window as PNG when it closes by itself")
      ->needs(seconds);
  command.add_option("--state", options->state,
                     "Keep what it shows and where in this file (JSON): for tests that drive it");
  command.add_flag("--fresh", options->fresh, "Ignore the settings of the last time");
  AddSeed(command, &options->common);
  AddExamples(command,
              "  peekaboo gui\n"
              "  peekaboo gui nursery --learn\n"
              "  peekaboo gui voe/support/car --member 'edge, goes on in the air'\n"
              "  peekaboo gui tasks/push --model runs/table/model.safetensors\n"
              "F1 shows the keys. Files can be dropped on the window: scenes (.toml), stages "
              "(.xml), models (.safetensors).");
  return [options] { return RunGui(*options); };
}

}  // namespace peekaboo::app
