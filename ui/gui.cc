#include "ui/gui.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "agent/curves.h"
#include "sim/error.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;

constexpr double kToastSeconds = 6, kErrorSeconds = 14;

/// Resident memory of this program, MiB; 0 where the system does not say.
double ResidentMib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Whether the letters of `wanted` occur in `text` in that order.
bool Fuzzy(const std::string& text, const std::string& wanted) {
  size_t at = 0;
  for (const char c : wanted) {
    const auto lower = [](char x) { return std::tolower(static_cast<unsigned char>(x)); };
    while (at < text.size() && lower(text[at]) != lower(c)) ++at;
    if (at++ >= text.size()) return false;
  }
  return true;
}

}  // namespace

Gui::Gui(agent::Session* session, agent::Clock clock, std::vector<std::string> scenes)
    : session_(session), clock_(std::move(clock)), scenes_(std::move(scenes)) {}

void Gui::Tell(agent::Notice::Level level, std::string text) {
  const bool error = level == agent::Notice::Level::kError;
  const double until = clock_() + (error ? kErrorSeconds : kToastSeconds);
  for (Toast& toast : toasts_) {
    if (toast.text != text) continue;
    toast.until = until;
    return;
  }
  toasts_.push_back({level, std::move(text), until});
}

void Gui::Open(const std::string& path) {
  if (EndsWith(path, ".safetensors")) {
    session_->Post(agent::LearnCommand(command::LoadModel{path}));
  } else if (EndsWith(path, ".xml")) {
    toasts_.push_back(
        {agent::Notice::Level::kError,
         path + ": a model alone says nothing of what happens; drop its scene (.toml)",
         clock_() + kErrorSeconds});
  } else {
    session_->Post(agent::StageCommand(command::LoadScene{path, ""}));
  }
}

void Gui::Do(Action action, const View& view) {
  using Kind = sim::Intervention::Kind;
  const bool playing = view.stage && view.stage->playing;
  const double speed = view.stage ? view.stage->speed : 1;
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
      picker_ = true;
      return;
    case Action::kLearn:
      return view.Post(command::SetLearning{!(view.learning && view.learning->on)});
    case Action::kCamera:
      return stage_.NextCamera(view);
    case Action::kLayoutWatch:
      layout_ = Layout::kWatch;
      return;
    case Action::kLayoutLearn:
      layout_ = Layout::kLearn;
      return;
    case Action::kTheme:
      dark_ = !dark_;
      return;
    case Action::kBigger:
      font_scale_ = std::min(2.5f, font_scale_ + 0.125f);
      return;
    case Action::kSmaller:
      font_scale_ = std::max(0.75f, font_scale_ - 0.125f);
      return;
    case Action::kNormalSize:
      font_scale_ = 1;
      return;
    case Action::kScreenshot:
      screenshot_ = true;
      return;
    case Action::kExport:
      return Export(view);
    case Action::kSaveModel:
      return view.Post(command::SaveModel{"peekaboo-model.safetensors"});
    case Action::kVanish:
      return stage_.Wield(Kind::kVanish);
    case Action::kAppear:
      return stage_.Wield(Kind::kAppear);
    case Action::kTeleport:
      return stage_.Wield(Kind::kTeleport);
    case Action::kFreeze:
      return stage_.Wield(Kind::kFreeze);
    case Action::kFloat:
      return stage_.Wield(Kind::kFloat);
    case Action::kGravity:
      return stage_.Wield(Kind::kGravity);
    case Action::kPassThrough:
      return stage_.Wield(Kind::kPassThrough);
    case Action::kSwapColour:
      return stage_.Wield(Kind::kSwapColour);
    case Action::kSwapShape:
      return stage_.Wield(Kind::kSwapShape);
    case Action::kReverse:
      return stage_.Wield(Kind::kReverse);
    case Action::kEscape:
      stage_.Wield(std::nullopt);
      help_ = picker_ = false;
      return;
    case Action::kHelp:
      help_ = !help_;
      return;
    case Action::kQuit:
      quit_ = true;
      return;
  }
}

void Gui::Export(const View& view) {
  try {
    if (view.mind) agent::WriteSurprise(*view.mind, "peekaboo-surprise.csv");
    if (view.learning) agent::WriteLearning(*view.learning, "peekaboo-learning.csv");
    Tell(agent::Notice::Level::kInfo, "wrote peekaboo-surprise.csv and peekaboo-learning.csv");
  } catch (const UserError& error) {
    Tell(agent::Notice::Level::kError, error.what());
  }
}

void Gui::DrawPanel(Panel* panel, const View& view, ImVec2 size) {
  ImGui::BeginChild(panel->title(), size, false,
                    ImGuiWindowFlags_AlwaysUseWindowPadding | ImGuiWindowFlags_NoScrollbar |
                        ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PushStyleColor(ImGuiCol_Text, view.theme->faint);
  ImGui::TextUnformatted(panel->title());
  ImGui::PopStyleColor();
  panel->Draw(view);
  ImGui::EndChild();
}

void Gui::Splitter(const char* id, bool horizontal, float length, float* share, float whole) {
  const float thick = 0.45f * ImGui::GetFontSize();
  ImGui::InvisibleButton(id, horizontal ? ImVec2{length, thick} : ImVec2{thick, length});
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImGui::GetWindowDrawList()->AddRectFilled(low, high, theme().background);
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    ImGui::SetMouseCursor(horizontal ? ImGuiMouseCursor_ResizeNS : ImGuiMouseCursor_ResizeEW);
    ImGui::GetWindowDrawList()->AddRectFilled(low, high, Faded(theme().accent, 0.4f));
  }
  if (ImGui::IsItemActive()) {
    const ImVec2 delta = ImGui::GetIO().MouseDelta;
    *share = std::clamp(*share + (horizontal ? delta.y : delta.x) / whole, 0.15f, 0.85f);
  }
}

void Gui::DrawPanels(const View& view, ImVec2 size) {
  const float thick = 0.45f * ImGui::GetFontSize();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2{0, 0});
  const float left = std::floor(size.x * left_), right = size.x - left - thick;
  const auto column = [&](const char* id, ImVec2 room, Panel* upper, Panel* lower, float* share) {
    ImGui::BeginChild(id, room, false,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    const float above = std::floor(room.y * *share);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2{8, 6});
    DrawPanel(upper, view, {room.x, above});
    ImGui::PopStyleVar();
    Splitter("split", true, room.x, share, room.y);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2{8, 6});
    DrawPanel(lower, view, {room.x, room.y - above - thick});
    ImGui::PopStyleVar();
    ImGui::EndChild();
  };
  column("left", {left, size.y}, &stage_, &surprise_, &stage_share_);
  ImGui::SameLine(0, 0);
  Splitter("columns", false, size.y, &left_, size.x);
  ImGui::SameLine(0, 0);
  Panel* lower = layout_ == Layout::kWatch ? static_cast<Panel*>(&controls_) : &learning_;
  column("right", {right, size.y}, &eye_, lower, &eye_share_);
  ImGui::PopStyleVar();
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
  std::snprintf(text, sizeof text, "   |   window %.0f ms (95%%: %.0f)   %.0f MiB   F1 help",
                times.p50, times.p95, ResidentMib());
  line += text;
  ImGui::PushStyleColor(ImGuiCol_Text, theme().faint);
  ImGui::TextUnformatted(line.c_str());
  ImGui::PopStyleColor();
}

void Gui::DrawNotices(const View& view) {
  for (const agent::Notice& notice : session_->notices().After(seen_notice_)) {
    seen_notice_ = notice.number;
    Tell(notice.level, notice.text);
  }
  std::erase_if(toasts_, [&](const Toast& toast) { return toast.until < view.now; });
  const float line = ImGui::GetFontSize();
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  float y = screen.y - 3 * line;
  ImDrawList* draw = ImGui::GetForegroundDrawList();
  for (auto toast = toasts_.rbegin(); toast != toasts_.rend(); ++toast) {
    const float wrap = 0.55f * screen.x;
    const ImVec2 size = ImGui::CalcTextSize(toast->text.c_str(), nullptr, false, wrap);
    y -= size.y + 1.4f * line;
    const ImVec2 at = {line, y};
    const bool error = toast->level == agent::Notice::Level::kError;
    draw->AddRectFilled(at, {at.x + size.x + 2 * line, at.y + size.y + line}, theme().frame, 5);
    draw->AddRectFilled(at, {at.x + 0.3f * line, at.y + size.y + line},
                        error ? theme().alarm : theme().accent, 5);
    draw->AddText(ImGui::GetFont(), line, {at.x + line, at.y + 0.5f * line}, theme().text,
                  toast->text.c_str(), nullptr, wrap);
  }
}

void Gui::DrawHelp() {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowBgAlpha(0.97f);
  if (ImGui::Begin("Keys", &help_,
                   ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoCollapse |
                       ImGuiWindowFlags_NoSavedSettings)) {
    const char* group = "";
    bool open = false;
    int column = 0;
    if (ImGui::BeginTable("groups", 2, ImGuiTableFlags_SizingFixedFit)) {
      for (const KeyBinding& binding : KeyBindings()) {
        if (std::string(group) != binding.group) {
          if (open) ImGui::EndTable();
          if (column % 2 == 0) ImGui::TableNextRow();
          ImGui::TableSetColumnIndex(column++ % 2);
          group = binding.group;
          ImGui::PushStyleColor(ImGuiCol_Text, theme().accent);
          ImGui::TextUnformatted(group);
          ImGui::PopStyleColor();
          open = ImGui::BeginTable(group, 2, ImGuiTableFlags_SizingFixedFit);
        }
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(binding.keys);
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(binding.help);
      }
      if (open) ImGui::EndTable();
      ImGui::EndTable();
    }
    ImGui::Separator();
    ImGui::TextUnformatted(
        "Stage: drag turns, right drag shifts, wheel zooms, double click selects, Ctrl + drag "
        "pulls.");
    ImGui::TextUnformatted(
        "Charts: click goes to that moment, wheel zooms, a click on a name hides it.");
  }
  ImGui::End();
}

void Gui::DrawPicker(const View& view) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, 0.12f * screen.y}, ImGuiCond_Always, {0.5f, 0});
  ImGui::SetNextWindowSize({std::min(0.6f * screen.x, 36 * ImGui::GetFontSize()), 0.6f * screen.y});
  bool open = true;
  if (ImGui::Begin("Open a scene", &open,
                   ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoResize |
                       ImGuiWindowFlags_NoSavedSettings)) {
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    const bool entered =
        ImGui::InputTextWithHint("##filter", "type some letters of its name", filter_,
                                 sizeof filter_, ImGuiInputTextFlags_EnterReturnsTrue);
    ImGui::BeginChild("list");
    std::string chosen;
    for (const std::string& scene : scenes_) {
      if (!Fuzzy(scene, filter_)) continue;
      if (entered && chosen.empty()) chosen = scene;
      if (ImGui::Selectable(scene.c_str())) chosen = scene;
    }
    ImGui::EndChild();
    if (!chosen.empty()) {
      view.Post(command::LoadScene{chosen, ""});
      open = false;
      filter_[0] = 0;
    }
  }
  ImGui::End();
  picker_ = open && picker_;
}

void Gui::Draw(const FrameTimes& times, std::span<const KeyPress> pressed) {
  View view;
  view.stage = session_->stage();
  view.mind = session_->mind();
  view.learning = session_->learning();
  view.now = clock_();
  view.theme = &theme();
  view.post = [&](agent::Command what) { session_->Post(std::move(what)); };
  for (const KeyPress& press : pressed) {
    const auto action = ActionOf(press);
    // Whoever types means letters; Escape, F1 and what goes with Ctrl are commands all the same.
    if (action && (!ImGui::GetIO().WantTextInput || press.ctrl || action == Action::kEscape ||
                   action == Action::kHelp))
      Do(*action, view);
  }

  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(io.DisplaySize);
  ImGui::Begin("Peekaboo", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoBringToFrontOnFocus |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  DrawPanels(view, {room.x, room.y - 1.7f * ImGui::GetFontSize()});
  DrawStatus(view, times);
  ImGui::End();
  if (help_) DrawHelp();
  if (picker_) DrawPicker(view);
  DrawNotices(view);
}

}  // namespace peekaboo::ui
