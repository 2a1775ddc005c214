#include "app/window/state.h"

#include <imgui.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace peekaboo::app {
namespace {

/// Where the mouse is, null if it is nowhere, and which of its buttons were down.
nlohmann::json DescribeMouse(ImVec2 scale) {
  const ImGuiIO& io = ImGui::GetIO();
  nlohmann::json mouse = {{"at", nullptr}, {"down", nlohmann::json::array()}};
  if (ImGui::IsMousePosValid())
    mouse["at"] = {std::lround(io.MousePos.x * scale.x), std::lround(io.MousePos.y * scale.y)};
  // As X11 counts them: left, middle, right.
  const std::pair<int, int> buttons[] = {
      {1, ImGuiMouseButton_Left}, {2, ImGuiMouseButton_Middle}, {3, ImGuiMouseButton_Right}};
  for (const auto& [number, button] : buttons) {
    if (io.MouseDown[button]) mouse["down"].push_back(number);
  }
  return mouse;
}

}  // namespace

std::string DescribeState(const agent::Session& session, const ui::Gui& gui,
                          const ui::Window& window, double most_gap_ms) {
  nlohmann::ordered_json state;
  if (const auto stage = session.stage(); stage && stage->spec) {
    state["scene"] = stage->spec->scene->name;
    state["draw"] = stage->spec->index;
    state["moment"] = stage->moment;
    state["oldest"] = stage->oldest;
    state["newest"] = stage->newest;
    state["episode"] = stage->episode;
    state["frame"] = stage->frame;
    state["playing"] = stage->playing;
    state["speed"] = stage->speed;
    state["real_time_factor"] = stage->real_time_factor;
    state["selected"] = stage->selected;
    static constexpr const char* kModes[] = {"watch", "play", "goal"};
    state["mode"] = kModes[static_cast<int>(stage->mode)];
    state["lock_step"] = stage->lock_step;
    state["waits"] = stage->waits;
    state["solved"] = stage->progress.success;
    state["distance"] = stage->progress.distance;
    state["acted_episodes"] = stage->tally.episodes;
    for (size_t i = 0; stage->spec && i < stage->objects.size(); ++i)
      state["angles"][stage->spec->scene->objects[i]] = stage->objects[i].body.angle;
  }
  if (const auto mind = session.mind(); mind && mind->version) {
    state["model"] = mind->version->name;
    state["read"] = mind->version->readout != nullptr;
    state["perceived"] = mind->moments.empty() ? -1 : mind->moments.back()->observation.moment;
    int64_t alarms = 0, violations = 0;
    for (const auto& moment : mind->moments) {
      alarms += moment->alarm;
      for (const agent::Mark& mark : moment->observation.marks)
        violations += mark.kind == agent::Mark::Kind::kViolation;
    }
    state["alarms"] = alarms;
    state["violations"] = violations;
    if (!mind->moments.empty()) {
      const agent::TimelineEntry& last = *mind->moments.back();
      state["surprise"] = std::isfinite(last.surprise) ? nlohmann::json(last.surprise) : nullptr;
      state["concerned"] = last.concerned;
    }
  }
  if (const auto plan = session.plan()) {
    state["plans"] = plan->plans;
    state["hindrance"] = plan->hindrance;
    state["planner"] = plan->config.planner.planner;
  }
  if (const auto learning = session.learning()) {
    state["learning"] = learning->on;
    state["steps"] = learning->steps;
    state["versions"] = learning->versions.size();
  }
  const ui::Settings settings = gui.settings();
  state["layout"] = settings.layout;
  state["dark"] = settings.dark;
  state["font_scale"] = settings.font_scale;
  const ImVec2 scale = ImGui::GetIO().DisplayFramebufferScale;
  for (const auto& [name, at] : gui.places())
    state["places"][name] = {at.x * scale.x, at.y * scale.y};
  if (const ui::WidgetMap* widgets = gui.widgets()) {
    for (const auto& [name, at] : widgets->places())
      state["widgets"][name] = {at.min.x * scale.x, at.min.y * scale.y, at.max.x * scale.x,
                                at.max.y * scale.y};
  }
  state["mouse"] = DescribeMouse(scale);
  state["recording"] = gui.recording();
  state["help"] = gui.help_open();
  state["picker"] = gui.picker_open();
  state["typing"] = ImGui::GetIO().WantTextInput;
  const auto [width, height] = window.size();
  state["width"] = width;
  state["height"] = height;
  const ui::FrameTimes times = window.Times();
  state["frame_ms_p50"] = times.p50;
  state["frame_ms_p95"] = times.p95;
  state["frame_ms_most"] = times.most;
  state["frames"] = times.count;
  state["most_gap_ms"] = most_gap_ms;
  return state.dump(1) + "\n";
}

}  // namespace peekaboo::app
