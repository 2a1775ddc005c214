#include "ui/panels/plan_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "agent/planning/planner_names.h"
#include "ui/empty_state.h"
#include "ui/widgets.h"
#include "ui/wrap.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using agent::Mode;

constexpr float kMostBudget = 500;  // ms
constexpr float kMostHorizon = 32;  // actions

struct ModeChoice {
  Mode mode;
  const char *name, *help;
};
constexpr ModeChoice kModes[] = {
    {Mode::kWatch, "watch", "Nobody moves the body: its controls are 0"},
    {Mode::kPlay, "play", "It plays, as in the films that it learns from"},
    {Mode::kGoal, "goal", "It plans, and does what brings about the picture of the goal"},
};

/// The body that the task is about.
std::string BodyOf(const agent::StageSnapshot& stage) {
  return stage.spec->scene->task.success.front().body;
}

}  // namespace

void PlanPanel::DrawModes(const View& view) {
  for (const ModeChoice& choice : kModes) {
    if (&choice != kModes) ContinueLine(ButtonWidth(choice.name));
    if (RadioButton(choice.name, view.stage->mode == choice.mode))
      view.Post(command::SetMode{choice.mode});
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", choice.help);
  }
  bool lock_step = view.stage->lock_step;
  ContinueLine(ButtonWidth("wait for plans"));
  if (Checkbox("wait for plans", &lock_step)) view.Post(command::SetLockStep{lock_step});
  if (ImGui::IsItemHovered())
    ImGui::SetTooltip(
        "Time stands still while a plan is made: a slow machine then acts as well as a quick one.\n"
        "Otherwise what is left of an older plan goes on meanwhile");
}

void PlanPanel::DrawPlanner(const View& view) {
  if (!view.plan) return;
  const agent::PlannerConfig& config = view.plan->config.planner;
  const float width = 7 * ImGui::GetFontSize();
  ImGui::SetNextItemWidth(width);
  Combo("planner", config.planner.c_str(), [&] {
    for (const std::string& name : agent::PlannerNames()) {
      if (Selectable(name.c_str(), name == config.planner))
        view.Post(command::SetPlan{"planner=" + name});
    }
  });
  auto horizon = static_cast<float>(config.horizon);
  ContinueLine(FieldWidth(width, "actions ahead"));
  ImGui::SetNextItemWidth(width);
  if (SliderFloat("actions ahead", &horizon, 1, kMostHorizon, "%.0f") &&
      std::lround(horizon) != config.horizon)
    view.Post(command::SetPlan{fmt::format("horizon={}", std::lround(horizon))});
  auto budget = static_cast<float>(config.budget_ms);
  ContinueLine(FieldWidth(width, "time of a plan"));
  ImGui::SetNextItemWidth(width);
  if (SliderFloat("time of a plan", &budget, 0, kMostBudget, budget > 0 ? "%.0f ms" : "no limit"))
    view.Post(command::SetPlan{fmt::format("budget_ms={}", std::lround(std::max(0.0F, budget)))});
}

void PlanPanel::DrawPictures(const View& view) {
  const agent::TimelineEntry* moment = view.moment();
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float size = std::floor(std::clamp(std::min((room.x - gap) / 3, 0.4f * room.y),
                                           2 * ImGui::GetFontSize(), 14 * ImGui::GetFontSize()));
  goal_.Draw(view.stage->goal->picture, "what is wanted",
             "The picture that the infant is shown. Drag the green ghost on the stage to want "
             "something else",
             *view.theme, size);
  ImGui::SameLine();
  now_.Draw(moment ? moment->observation.pixels : nullptr, "what it sees",
            "The frame as the infant has it", *view.theme, size);
  ImGui::SameLine();
  ImGui::BeginGroup();
  DrawProgress(view);
  ImGui::EndGroup();
}

void PlanPanel::DrawProgress(const View& view) {
  const agent::StageSnapshot& stage = *view.stage;
  const agent::TaskProgress& progress = stage.progress;
  ImGui::PushTextWrapPos();
  ImGui::PushStyleColor(ImGuiCol_Text, progress.success ? view.theme->good : view.theme->text);
  ImGui::Text("%s", progress.success ? "solved" : "not yet solved");
  ImGui::PopStyleColor();
  ImGui::Text("%s: %.2f m to go", BodyOf(stage).c_str(), progress.distance);
  if (progress.intruded) {
    ImGui::PushStyleColor(ImGuiCol_Text, view.theme->alarm);
    ImGui::Text("it was in a forbidden zone");
    ImGui::PopStyleColor();
  }
  if (stage.tally.episodes > 0) {
    ImGui::Text("%lld of %lld episodes solved at their end",
                static_cast<long long>(stage.tally.ended_solved),
                static_cast<long long>(stage.tally.episodes));
  }
  if (view.plan && view.plan->milliseconds > 0)
    ImGui::Text("a plan takes %.0f ms", view.plan->milliseconds);
  if (stage.waits) {
    ImGui::TextDisabled("waits for a plan");
  } else if (stage.plan_age) {
    ImGui::Text("acts by a plan from %.2f s ago", *stage.plan_age);
  } else if (stage.mode == Mode::kGoal && stage.playing) {
    ImGui::TextDisabled("rests: no plan for now");
  }
  ImGui::PopTextWrapPos();
}

void PlanPanel::DrawCosts(const View& view) {
  if (!view.plan || view.plan->costs.empty()) return;
  if (series_.empty()) {
    series_.resize(1);
    series_[0].name = "cost";
  }
  series_[0].colour = view.theme->Series(0);
  series_[0].x.clear();
  series_[0].y = view.plan->costs;
  for (size_t i = 0; i < series_[0].y.size(); ++i)
    series_[0].x.push_back(static_cast<double>(i + 1));
  ChartOptions options;
  options.x_label = "plan of this episode";
  options.y_label = "cost";
  options.y_low = 0;
  options.x_low = 1;
  options.x_high = std::max(10.0, static_cast<double>(series_[0].y.size()));
  options.legend = false;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  DrawChart("costs", {room.x, std::max(room.y, 6 * ImGui::GetFontSize())}, *view.theme, series_,
            options);
}

void PlanPanel::Draw(const View& view) {
  if (!view.stage || !view.stage->spec) {
    DrawEmptyState("No scene yet", "Open a task: Ctrl+O, then tasks/push.");
    return;
  }
  if (view.stage->spec->stage->actions().size() == 0) {
    DrawEmptyState("Nothing here can act", "Open a task: Ctrl+O, then tasks/push.");
    return;
  }
  DrawModes(view);
  if (!view.stage->goal) {
    DrawEmptyState("This scene has no goal", "Open a task: Ctrl+O, then tasks/push.");
    return;
  }
  DrawPlanner(view);
  if (view.plan && !view.plan->hindrance.empty() && view.stage->mode == Mode::kGoal) {
    ImGui::PushStyleColor(ImGuiCol_Text, view.theme->alarm);
    ImGui::TextWrapped("It cannot plan: %s", view.plan->hindrance.c_str());
    ImGui::PopStyleColor();
  }
  if (view.plan && !view.plan->doing.empty() && view.stage->mode == Mode::kGoal)
    ImGui::TextDisabled("%s", view.plan->doing.c_str());
  DrawPictures(view);
  DrawCosts(view);
}

}  // namespace peekaboo::ui
