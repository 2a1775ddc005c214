#include "ui/gui.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/check.h"
#include "ui/help_overlay.h"
#include "ui/panels/controls_panel.h"
#include "ui/panels/panel_table.h"
#include "ui/widgets.h"
#include "ui/wrap.h"

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
    : session_(session), clock_(std::move(clock)), settings_(settings), picker_(std::move(scenes)) {
  for (const PanelType& type : PanelTypes()) panels_.emplace(type.name, type.make());
  stage_ = dynamic_cast<StagePanel*>(FindPanel("stage"));
  PEEKABOO_CHECK(stage_);
  for (const LayoutType& type : LayoutTypes()) {
    std::vector<Layout::Column> columns;
    for (const LayoutType::Column& column : type.columns) {
      columns.push_back({{}, column.shares});
      for (const char* name : column.panels) columns.back().panels.push_back(FindPanel(name));
    }
    layouts_.emplace_back(type.name, std::move(columns), type.shares);
    if (const auto* shares = settings_.SharesOf(type.name)) layouts_.back().SetShares(*shares);
  }
}

Panel* Gui::FindPanel(std::string_view name) {
  const auto found = panels_.find(name);
  PEEKABOO_CHECK(found != panels_.end());
  return found->second.get();
}

Layout& Gui::layout() {
  for (Layout& layout : layouts_) {
    if (layout.name() == settings_.layout) return layout;
  }
  return layouts_.front();
}

Settings Gui::settings() const {
  Settings now = settings_;
  for (const Layout& layout : layouts_) {
    if (auto* shares = now.SharesOf(layout.name())) *shares = layout.Shares();
  }
  return now;
}

void Gui::Tell(agent::Notice::Level level, std::string text) {
  toasts_.Tell(level, std::move(text), clock_());
}

void Gui::Post(agent::Command command) {
  if (!session_->Post(std::move(command)))
    Tell(agent::Notice::Level::kError, "this was not done: too much waits to be done already");
}

void Gui::Open(const std::string& path) {
  const std::string kind = std::filesystem::path(path).extension();
  if (kind == ".safetensors") {
    Post(agent::LearnCommand(command::LoadModel{path}));
  } else if (kind == ".toml" || kind == ".xml" || kind.empty()) {
    Post(agent::StageCommand(command::LoadScene{path, ""}));
  } else {
    Tell(agent::Notice::Level::kError,
         path + ": neither a scene (.toml), nor a stage (.xml), nor a model (.safetensors)");
  }
}

void Gui::Do(Shortcut shortcut, const View& view) {
  const bool playing = view.stage && view.stage->playing;
  const double speed = view.stage ? view.stage->speed : 1;
  if (stage_->WieldBy(shortcut)) return;
  switch (shortcut) {
    case Shortcut::kPlay:
      return view.Post(command::SetPlaying{!playing});
    case Shortcut::kStep:
      return view.Post(command::Step{1});
    case Shortcut::kStepBack:
      return view.Post(command::Step{-1});
    case Shortcut::kToNow:
      if (view.stage) view.Post(command::Seek{view.stage->newest});
      return;
    case Shortcut::kSlower:
      return view.Post(command::SetSpeed{NextSpeed(speed, -1)});
    case Shortcut::kFaster:
      return view.Post(command::SetSpeed{NextSpeed(speed, 1)});
    case Shortcut::kRestart:
      return view.Post(command::Restart{});
    case Shortcut::kNextDraw:
      return view.Post(command::Reseed{});
    case Shortcut::kOpenScene:
      return picker_.Open();
    case Shortcut::kAccept:
      return;  // the picker's
    case Shortcut::kLearn:
      return view.Post(command::SetLearning{!(view.learning && view.learning->on)});
    case Shortcut::kCamera:
      return stage_->NextCamera(view);
    case Shortcut::kLayoutWatch:
      settings_.layout = "watch";
      return;
    case Shortcut::kLayoutLearn:
      settings_.layout = "learn";
      return;
    case Shortcut::kLayoutPlan:
      settings_.layout = "plan";
      return;
    case Shortcut::kTheme:
      settings_.dark = !settings_.dark;
      return;
    case Shortcut::kBigger:
      settings_.font_scale = std::min(2.5, settings_.font_scale + 0.125);
      return;
    case Shortcut::kSmaller:
      settings_.font_scale = std::max(0.75, settings_.font_scale - 0.125);
      return;
    case Shortcut::kNormalSize:
      settings_.font_scale = 1;
      return;
    case Shortcut::kScreenshot:
      requests_.push_back(Request::kScreenshot);
      return;
    case Shortcut::kRecord:
    case Shortcut::kRecordView:
      part_ = shortcut == Shortcut::kRecord ? Part{} : PartUnderMouse();
      requests_.push_back(Request::kRecord);
      return;
    case Shortcut::kExport:
      requests_.push_back(Request::kExport);
      return;
    case Shortcut::kSaveModel:
      return view.Post(command::SaveModel{"peekaboo-model.safetensors"});
    case Shortcut::kEscape:
      stage_->Wield(std::nullopt);
      help_ = false;
      picker_.Close();
      return;
    case Shortcut::kHelp:
      help_ = !help_;
      return;
    case Shortcut::kQuit:
      quit_ = true;
      return;
    default:
      return;  // a wand
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
  // The most important first: what has no room is left out.
  std::vector<std::string> parts;
  const agent::StageSnapshot* stage = view.stage && view.stage->spec ? view.stage.get() : nullptr;
  const agent::MindSnapshot* mind = view.mind && view.mind->version ? view.mind.get() : nullptr;
  if (!recording_.empty()) parts.push_back("films " + recording_);
  if (stage)
    parts.push_back(fmt::format("{}   real time x {:.2f}   eye {:.1f} ms", stage->spec->scene->name,
                                stage->real_time_factor, stage->frame_ms));
  if (mind) parts.push_back(fmt::format("perceives in {:.1f} ms", mind->perception_ms));
  if (const agent::PlanSnapshot* plan = view.PlanNow())
    parts.push_back(fmt::format("plans in {:.0f} ms", plan->milliseconds));
  if (view.learning && view.learning->on)
    parts.push_back(fmt::format("learns {:.0f} frames/s", view.learning->frames_per_second));
  parts.push_back(fmt::format("{:.0f} fps, 95% in {:.0f} ms", times.per_second, times.p95));
  parts.push_back(fmt::format("{:.0f} MiB", ResidentMib()));
  if (mind) parts.push_back(mind->version->name);

  const float letter = ImGui::GetFontSize(), space = ImGui::GetStyle().ItemSpacing.x;
  const float width = ImGui::GetWindowContentRegionMax().x;
  static constexpr std::pair<const char*, Shortcut> kButtons[] = {{"Open", Shortcut::kOpenScene},
                                                                  {"Watch", Shortcut::kLayoutWatch},
                                                                  {"Learn", Shortcut::kLayoutLearn},
                                                                  {"Plan", Shortcut::kLayoutPlan},
                                                                  {"Help", Shortcut::kHelp}};
  float right = width - letter;
  for (const auto& [name, shortcut] : kButtons) right -= ButtonWidth(name) + space;
  const float top = ImGui::GetCursorPosY() + 0.2f * letter;
  float left = letter;
  ImGui::PushStyleColor(ImGuiCol_Text, theme().faint);
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string part = (i > 0 ? "|   " : "") + parts[i];
    const float needed = ImGui::CalcTextSize(part.c_str()).x;
    if (left + needed > right) continue;
    ImGui::SetCursorPos({left, top});
    ImGui::TextUnformatted(part.c_str());
    left += needed + letter;
  }
  const WidgetScope scope("Status bar");
  for (const auto& [name, shortcut] : kButtons) {
    ImGui::SetCursorPos({right, top});
    const bool on = (shortcut == Shortcut::kLayoutWatch && settings_.layout == "watch") ||
                    (shortcut == Shortcut::kLayoutLearn && settings_.layout == "learn") ||
                    (shortcut == Shortcut::kLayoutPlan && settings_.layout == "plan");
    if (on) ImGui::PushStyleColor(ImGuiCol_Text, theme().text);
    if (SmallButton(name)) Do(shortcut, view);
    if (on) ImGui::PopStyleColor();
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", KeysOf(shortcut));
    right += ButtonWidth(name) + space;
  }
  ImGui::PopStyleColor();
}

void Gui::Draw(const FrameTimes& times, std::span<const KeyPress> pressed) {
  if (widgets_) widgets_->Clear();
  View view;
  view.stage = session_->stage();
  view.mind = session_->mind();
  view.learning = session_->learning();
  view.plan = session_->plan();
  view.now = clock_();
  view.theme = &theme();
  view.hovered = std::exchange(hovered_, std::nullopt);
  view.hover = [&](int64_t moment) { hovered_ = moment; };
  view.post = [&](agent::Command what) { Post(std::move(what)); };
  for (const KeyPress& press : pressed) {
    const auto shortcut = ShortcutOf(press);
    // Whoever types means letters; Escape, F1 and what goes with Ctrl are commands all the same.
    if (shortcut == Shortcut::kAccept) picker_.Accept();
    const bool typing = ImGui::GetIO().WantTextInput || picker_.is_open();
    if (shortcut &&
        (!typing || press.ctrl || shortcut == Shortcut::kEscape || shortcut == Shortcut::kHelp))
      Do(*shortcut, view);
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
