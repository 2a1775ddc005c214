#include "ui/gui.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "ui/help_overlay.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;

/// Resident memory of this program, MiB; 0 where the system does not say.
double ResidentMib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

}  // namespace

Gui::Gui(agent::Session* session, agent::Clock clock, std::vector<std::string> scenes,
         const Settings& settings)
    : session_(session),
      clock_(std::move(clock)),
      settings_(settings),
      watch_("watch",
             {{{&stage_, &surprise_}, {0.66f, 0.34f}},
              {{&eye_, &latent_, &controls_}, {0.25f, 0.37f, 0.38f}}},
             {0.64f, 0.36f}),
      learn_("learn",
             {{{&stage_, &surprise_}, {0.6f, 0.4f}}, {{&learning_, &latent_}, {0.62f, 0.38f}}},
             {0.52f, 0.48f}),
      picker_(std::move(scenes)) {
  watch_.SetShares(settings.watch);
  learn_.SetShares(settings.learn);
}

Settings Gui::settings() const {
  Settings now = settings_;
  now.watch = watch_.Shares();
  now.learn = learn_.Shares();
  return now;
}

void Gui::Tell(agent::Notice::Level level, std::string text) {
  toasts_.Tell(level, std::move(text), clock_());
}

void Gui::Open(const std::string& path) {
  const std::string kind = std::filesystem::path(path).extension();
  if (kind == ".safetensors") {
    session_->Post(agent::LearnCommand(command::LoadModel{path}));
  } else if (kind == ".toml" || kind == ".xml" || kind.empty()) {
    session_->Post(agent::StageCommand(command::LoadScene{path, ""}));
  } else {
    Tell(agent::Notice::Level::kError,
         path + ": neither a scene (.toml), nor a stage (.xml), nor a model (.safetensors)");
  }
}

void Gui::Do(Action action, const View& view) {
  const bool playing = view.stage && view.stage->playing;
  const double speed = view.stage ? view.stage->speed : 1;
  if (stage_.WieldBy(action)) return;
  switch (action) {
    case Action::kPlay:
      return view.Post(command::SetPlaying{!playing});
    case Action::kStep:
      return view.Post(command::Step{1});
    case Action::kStepBack:
      return view.Post(command::Step{-1});
    case Action::kToNow:
      if (view.stage) view.Post(command::Seek{view.stage->newest});
      return;
    case Action::kSlower:
      return view.Post(command::SetSpeed{NextSpeed(speed, -1)});
    case Action::kFaster:
      return view.Post(command::SetSpeed{NextSpeed(speed, 1)});
    case Action::kRestart:
      return view.Post(command::Restart{});
    case Action::kNextDraw:
      return view.Post(command::Reseed{});
    case Action::kOpenScene:
      return picker_.Open();
    case Action::kAccept:
      return;  // the picker's
    case Action::kLearn:
      return view.Post(command::SetLearning{!(view.learning && view.learning->on)});
    case Action::kCamera:
      return stage_.NextCamera(view);
    case Action::kLayoutWatch:
      settings_.layout = "watch";
      return;
    case Action::kLayoutLearn:
      settings_.layout = "learn";
      return;
    case Action::kTheme:
      settings_.dark = !settings_.dark;
      return;
    case Action::kBigger:
      settings_.font_scale = std::min(2.5, settings_.font_scale + 0.125);
      return;
    case Action::kSmaller:
      settings_.font_scale = std::max(0.75, settings_.font_scale - 0.125);
      return;
    case Action::kNormalSize:
      settings_.font_scale = 1;
      return;
    case Action::kScreenshot:
      requests_.push_back(Request::kScreenshot);
      return;
    case Action::kRecord:
    case Action::kRecordView:
      part_ = action == Action::kRecord ? Part{} : PartUnderMouse();
      requests_.push_back(Request::kRecord);
      return;
    case Action::kExport:
      requests_.push_back(Request::kExport);
      return;
    case Action::kSaveModel:
      return view.Post(command::SaveModel{"peekaboo-model.safetensors"});
    case Action::kEscape:
      stage_.Wield(std::nullopt);
      help_ = false;
      picker_.Close();
      return;
    case Action::kHelp:
      help_ = !help_;
      return;
    case Action::kQuit:
      quit_ = true;
      return;
    default:
      return;  // a spell
  }
}

Part Gui::PartUnderMouse() {
  const ImGuiIO& io = ImGui::GetIO();
  const auto place = layout().At(io.MousePos);
  if (!place) return {};
  const ImVec2 whole = io.DisplaySize;
  return {place->min.x / whole.x, place->min.y / whole.y, place->max.x / whole.x,
          place->max.y / whole.y};
}

void Gui::DrawStatus(const View& view, const FrameTimes& times) {
  char text[400];
  std::string line;
  if (view.stage && view.stage->play) {
    std::snprintf(text, sizeof text, "%s   %s   real time x %.2f   eye %.1f ms",
                  view.stage->play->scene->name.c_str(),
                  view.stage->playing ? "plays" : "stands still", view.stage->real_time_factor,
                  view.stage->frame_ms);
    line += text;
  }
  if (view.mind && view.mind->version) {
    std::snprintf(text, sizeof text, "   |   %s   perceives in %.1f ms",
                  view.mind->version->name.c_str(), view.mind->perception_ms);
    line += text;
  }
  if (view.learning && view.learning->on) {
    std::snprintf(text, sizeof text, "   |   learns %.0f frames/s",
                  view.learning->frames_per_second);
    line += text;
  }
  if (!recording_.empty()) line += "   |   films " + recording_;
  std::snprintf(text, sizeof text, "   |   window %.0f ms (95%%: %.0f)   %.0f MiB   F1 help",
                times.p50, times.p95, ResidentMib());
  line += text;
  ImGui::SetCursorPos({ImGui::GetFontSize(), ImGui::GetCursorPosY() + 0.2f * ImGui::GetFontSize()});
  ImGui::PushStyleColor(ImGuiCol_Text, theme().faint);
  ImGui::TextUnformatted(line.c_str());
  ImGui::PopStyleColor();
}

void Gui::Draw(const FrameTimes& times, std::span<const KeyPress> pressed) {
  View view;
  view.stage = session_->stage();
  view.mind = session_->mind();
  view.learning = session_->learning();
  view.now = clock_();
  view.theme = &theme();
  view.hovered = std::exchange(hovered_, std::nullopt);
  view.hover = [&](int64_t moment) { hovered_ = moment; };
  view.post = [&](agent::Command what) { session_->Post(std::move(what)); };
  for (const KeyPress& press : pressed) {
    const auto action = ActionOf(press);
    // Whoever types means letters; Escape, F1 and what goes with Ctrl are commands all the same.
    if (action == Action::kAccept) picker_.Accept();
    const bool typing = ImGui::GetIO().WantTextInput || picker_.is_open();
    if (action && (!typing || press.ctrl || action == Action::kEscape || action == Action::kHelp))
      Do(*action, view);
  }

  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(io.DisplaySize);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2{0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("Peekaboo", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoBringToFrontOnFocus |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar(2);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  layout().Draw(view, {room.x, room.y - 1.9f * ImGui::GetFontSize()});
  DrawStatus(view, times);
  ImGui::End();
  if (help_) DrawHelp(theme(), &help_);
  if (const auto scene = picker_.Draw()) view.Post(command::LoadScene{*scene, ""});
  toasts_.Follow(session_->notices(), view.now);
  toasts_.Draw(theme(), view.now);
}

}  // namespace peekaboo::ui
