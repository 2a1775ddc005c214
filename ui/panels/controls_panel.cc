#include "ui/panels/controls_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "agent/session/episode_spec.h"
#include "ui/empty_state.h"
#include "ui/widgets.h"
#include "ui/wrap.h"

namespace peekaboo::ui {

namespace command = agent::command;

double NextSpeed(double speed, int direction) {
  if (direction > 0) {
    const auto next = std::upper_bound(std::begin(kSpeeds), std::end(kSpeeds), speed * 1.001);
    return next == std::end(kSpeeds) ? speed : *next;
  }
  const auto at = std::lower_bound(std::begin(kSpeeds), std::end(kSpeeds), speed * 0.999);
  return at == std::begin(kSpeeds) ? speed : *std::prev(at);
}

void ControlsPanel::DrawTime(const View& view) {
  const agent::StageSnapshot& stage = *view.stage;
  if (Button(stage.playing ? "Pause" : "Play")) view.Post(command::SetPlaying{!stage.playing});
  const auto button = [](const char* text) {
    ContinueLine(ButtonWidth(text));
    return Button(text);
  };
  if (button("<")) view.Post(command::Step{-1});
  if (button(">")) view.Post(command::Step{1});
  if (button("Again")) view.Post(command::Restart{});
  if (button("Next draw")) view.Post(command::Reseed{});
  ImGui::SetNextItemWidth(6 * ImGui::GetFontSize());
  const auto times = [](double speed) { return fmt::format("{:g} x", speed); };
  Combo("speed", times(stage.speed).c_str(), [&] {
    for (const double factor : kSpeeds) {
      if (Selectable(times(factor).c_str(), factor == stage.speed))
        view.Post(command::SetSpeed{factor});
    }
  });
  const float encore_width = 7 * ImGui::GetFontSize();
  ContinueLine(FieldWidth(encore_width, "at the end"));
  ImGui::SetNextItemWidth(encore_width);
  static constexpr const char* kEncores[] = {"next draw", "again", "goes on"};
  int on_episode_end = static_cast<int>(stage.on_episode_end);
  if (Combo("at the end", &on_episode_end, kEncores))
    view.Post(command::SetOnEpisodeEnd{static_cast<command::OnEpisodeEnd>(on_episode_end)});
}

void ControlsPanel::DrawTimeStep(const View& view) {
  ImGui::SetNextItemWidth(0.42f * ImGui::GetContentRegionAvail().x);
  auto step = static_cast<float>(1000 * view.stage->time_step);
  if (SliderFloat("time step", &step, 0.5f, 20, "%.1f ms"))
    view.Post(command::SetTimeStep{step / 1000.0});
}

void ControlsPanel::DrawFactor(const View& view, const agent::FactorRange& factor) {
  ImGui::PushID(factor.key.c_str());
  const WidgetScope scope(factor.key);
  ImGui::SetNextItemWidth(0.42f * ImGui::GetContentRegionAvail().x);
  if (const auto* word = std::get_if<std::string>(&factor.value)) {
    Combo("##value", word->c_str(), [&] {
      for (const std::string& choice : factor.choices) {
        if (Selectable(choice.c_str(), choice == *word))
          view.Post(command::SetFactor{factor.key, choice});
      }
    });
  } else {
    auto value = static_cast<float>(std::get<double>(factor.value));
    std::string format = "%.3g ";
    for (const char c : factor.unit) format += c == '%' ? std::string("%%") : std::string(1, c);
    if (SliderFloat("##value", &value, static_cast<float>(factor.low),
                    static_cast<float>(factor.high), format.c_str()))
      view.Post(command::SetFactor{factor.key, static_cast<double>(value)});
  }
  ImGui::SameLine();
  if (factor.set) {
    if (SmallButton("x")) view.Post(command::ResetFactors{factor.key});
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("As the scene has it");
    ImGui::SameLine();
  }
  ImGui::TextUnformatted(factor.key.c_str());
  if (ImGui::IsItemHovered() && !factor.meaning.empty())
    ImGui::SetTooltip("%s", factor.meaning.c_str());
  ImGui::PopID();
}

void ControlsPanel::Draw(const View& view) {
  if (!view.stage || !view.stage->spec) {
    DrawEmptyState("No scene yet", "Time and factors of the one that plays will be here.");
    return;
  }
  const agent::EpisodeSpec& spec = *view.stage->spec;
  ImGui::TextWrapped("%s", spec.scene->title.c_str());
  DrawTime(view);
  if (!spec.scene->members.empty()) {
    ImGui::SetNextItemWidth(-ImGui::CalcTextSize("film").x - 12);
    Combo("film", spec.member.empty() ? "(no events)" : spec.member.c_str(), [&] {
      for (const sim::Member& member : spec.scene->members) {
        if (!agent::WhyOnlyInASet(member).empty()) continue;
        const std::string label = member.name + (member.impossible ? "  (impossible)" : "");
        if (Selectable(label.c_str(), member.name == spec.member))
          view.Post(command::LoadScene{spec.requested, member.name});
      }
    });
  }
  ImGui::Separator();
  ImGui::SetNextItemWidth(0.5f * ImGui::GetContentRegionAvail().x);
  InputText("##filter", "find a factor", filter_, sizeof filter_);
  ImGui::SameLine();
  if (Button("Reset all")) view.Post(command::ResetFactors{});
  ImGui::BeginChild("factors");
  if (!filter_[0]) DrawTimeStep(view);
  for (const agent::FactorRange& factor : spec.factors) {
    if (filter_[0] ? factor.key.find(filter_) != std::string::npos
                   : factor.drawn || factor.set || factor.key == "stage.gravity")
      DrawFactor(view, factor);
  }
  ImGui::EndChild();
}

}  // namespace peekaboo::ui
