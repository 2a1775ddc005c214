#include "ui/panels/stage_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "agent/mind/reading.h"
#include "sim/view/ghost.h"
#include "ui/empty_state.h"
#include "ui/imgui_compat.h"
#include "ui/widgets.h"
#include "ui/wrap.h"

namespace peekaboo::ui {
namespace {

using Kind = sim::Intervention::Kind;

constexpr double kTurnOfAHeight = std::numbers::pi;  // rad, of a drag as long as the stage is high
constexpr double kGhostRadius = 0.16;                // m
constexpr double kGoalRadius = 0.06;                 // m
constexpr double kPlanRadius = 0.025;                // m
constexpr double kSlow = 18, kQuick = 9;             // ms a picture: fewer or more pixels then
constexpr double kVeryQuick = 2;                     // ms: more pixels than the screen has
constexpr double kFine = 2;                          // pixels for one, against jagged edges
constexpr double kStill = 80;                        // ms that a picture may take if nothing moves
constexpr int kMostPixels = 8192;                    // of a side

/// Where a ray meets the plane in which things move, y = 0; a metre ahead if it does not.
std::array<double, 2> OnThePlane(const agent::Ray& ray) {
  const auto met = sim::MeetPlane({ray.origin, ray.direction});
  const double x = met ? (*met)[0] : ray.origin[0] + ray.direction[0];
  const double z = met ? (*met)[2] : ray.origin[2] + ray.direction[2];
  return {x, std::max(0.0, z)};
}

/// Where the infant believes that something is hidden, if it does.
std::optional<mjvGeom> Ghost(const View& view, const sim::SceneView& scene) {
  const agent::TimelineEntry* moment = view.moment();
  if (!moment) return std::nullopt;
  const auto place = agent::WhereRemembered(*moment, scene);
  if (!place) return std::nullopt;
  const auto density = static_cast<float>(std::clamp(moment->reading.hidden, 0.0, 1.0));
  return sim::GhostBall(*place, kGhostRadius, {0.35f, 0.75f, 1, 0.45f * density});
}

/// Bodies that are wanted somewhere, and where.
std::vector<std::pair<std::string, std::array<double, 3>>> GoalsOf(
    const agent::StageSnapshot& stage) {
  std::vector<std::pair<std::string, std::array<double, 3>>> goals;
  if (!stage.goal) return goals;
  const sim::Task& task = stage.spec->scene->task;
  if (task.goal == sim::Task::Goal::kMeet) return goals;
  for (size_t i = 0; i < task.success.size(); ++i)
    goals.emplace_back(task.success[i].body, stage.goal->layout->wanted[i].position);
  return goals;
}

/// What is wanted, what must not be entered, and where the plan leads.
void AddPlanGhosts(const View& view, const sim::SceneView& scene, std::vector<mjvGeom>* ghosts) {
  for (const auto& [body, place] : GoalsOf(*view.stage))
    ghosts->push_back(sim::GhostBall(place, kGoalRadius, {0.25f, 0.9f, 0.4f, 0.6f}));
  if (!view.stage->goal) return;
  for (const sim::PlacedZone& zone : view.stage->goal->layout->never) {
    std::array<double, 3> centre{zone.centre[0], zone.centre[1], 0};
    for (const auto& thing : scene.things)
      if (thing.name == zone.body) centre[2] = thing.centre[2];
    if (zone.centre.size() > 2) centre[2] = zone.centre[2];
    ghosts->push_back(sim::GhostBall(centre, zone.within, {0.95f, 0.25f, 0.2f, 0.35f}));
  }
  const agent::PlanSnapshot* plan = view.PlanNow();
  if (!plan || plan->moment > view.cursor() || !plan->admissible) return;
  for (size_t k = 0; k < plan->places.size(); ++k) {
    const float late = static_cast<float>(k) / static_cast<float>(plan->places.size());
    ghosts->push_back(
        sim::GhostBall(plan->places[k], kPlanRadius, {1, 0.85f, 0.25f, 0.9f - 0.5f * late}));
  }
}

std::shared_ptr<const sim::SceneView> ViewNow(const View& view) {
  const auto& views = view.stage->views;
  if (views.empty()) return nullptr;
  if (!view.stage->playing || view.stage->period <= 0) return views.back();
  const double share =
      (view.now - view.stage->made_at) * std::max(view.stage->speed, 0.01) / view.stage->period;
  const auto n = static_cast<double>(views.size());
  return views[static_cast<size_t>(std::clamp(share * n, 0.0, n - 1))];
}

}  // namespace

void StagePanel::Wield(std::optional<Kind> wand) {
  wielded_ = wand == wielded_ ? std::nullopt : wand;
  moving_ = false;
}

bool StagePanel::WieldBy(Shortcut shortcut) {
  const auto kind = WandOf(shortcut);
  if (kind) Wield(kind);
  return kind.has_value();
}

void StagePanel::NextCamera(const View& view) {
  const auto scene = view.stage ? ViewNow(view) : nullptr;
  if (!scene) return;
  const auto& own = scene->cameras;
  size_t next = 0;
  if (!camera_.fixed.empty()) {
    while (next < own.size() && own[next].name != camera_.fixed) ++next;
    ++next;
  }
  camera_.fixed = next < own.size() ? own[next].name : "";
}

void StagePanel::DrawWand(const View& view) {
  const Theme& theme = *view.theme;
  bool first = true;
  for (const sim::InterventionType& type : sim::InterventionTypes()) {
    if (!type.wand) continue;
    if (!first) ContinueLine(ButtonWidth(type.wand->label));
    first = false;
    const bool on = wielded_ == type.kind;
    if (on) ImGui::PushStyleColor(ImGuiCol_Button, theme.accent);
    if (on) ImGui::PushStyleColor(ImGuiCol_Text, theme.background);
    if (Button(type.wand->label)) Wield(type.kind);
    if (on) ImGui::PopStyleColor(2);
    if (ImGui::IsItemHovered())
      ImGui::SetTooltip("%s: %s.\nShift + click reaches what is behind a screen", type.wand->key,
                        type.wand->help);
  }
}

void StagePanel::DrawPalette(const sim::SceneView& scene) {
  ImGui::TextDisabled("drop:");
  bool any = false, chosen = false;
  for (const auto& thing : scene.things) {
    if (thing.present) continue;
    any = true;
    ImGui::SameLine();
    const bool on = thing.name == dropping_;
    chosen = chosen || on;
    if (RadioButton(thing.name.c_str(), on)) dropping_ = thing.name, chosen = true;
  }
  if (!any) {
    ImGui::SameLine();
    ImGui::TextDisabled("everything is there already");
  }
  if (chosen) return;
  dropping_.clear();
  for (const auto& thing : scene.things) {
    if (!thing.present && dropping_.empty()) dropping_ = thing.name;
  }
}

void StagePanel::Intervene(const View& view, const agent::Ray& ray) {
  agent::command::Wand wand{*wielded_, ray, OnThePlane(ray), ""};
  if (*wielded_ == Kind::kTeleport) {
    // By its name: it may have moved on since it was clicked.
    if (!moving_ || view.stage->selected.empty()) {
      view.Post(agent::command::Deselect{});
      view.Post(agent::command::Select{ray});
      moving_ = true;
      return;
    }
    wand.target = view.stage->selected;
    moving_ = false;
  } else if (*wielded_ == Kind::kAppear) {
    if (dropping_.empty()) return;
    wand.target = dropping_;
  }
  view.Post(wand);
}

bool StagePanel::HandleGoal(const View& view, const sim::SceneView& scene, ImVec2 min,
                            ImVec2 size) {
  const ImGuiIO& io = ImGui::GetIO();
  const double aspect = size.x / size.y;
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(ImGuiMouseButton_Left) ||
      (!dragged_goal_.empty() && dragged_in_ != view.stage->episode)) {
    dragged_goal_.clear();
    return false;
  }
  const auto goals = GoalsOf(*view.stage);
  if (dragged_goal_.empty()) {
    if (!ImGui::IsMouseClicked(ImGuiMouseButton_Left) || wielded_) return false;
    const float reach = 1.2f * ImGui::GetFontSize();
    for (const auto& [body, place] : goals) {
      std::array<double, 2> uv;
      if (!sim::ToView(camera_, scene, aspect, place, &uv)) continue;
      const float x = min.x + static_cast<float>(1 + uv[0]) / 2 * size.x;
      const float y = min.y + static_cast<float>(1 - uv[1]) / 2 * size.y;
      if (std::hypot(io.MousePos.x - x, io.MousePos.y - y) < reach) dragged_goal_ = body;
    }
    dragged_in_ = view.stage->episode;
    return !dragged_goal_.empty();
  }
  if (io.MouseDelta.x == 0 && io.MouseDelta.y == 0) return true;
  const double u = 2 * (io.MousePos.x - min.x) / size.x - 1;
  const double v = 1 - 2 * (io.MousePos.y - min.y) / size.y;
  const sim::ViewRay ray = sim::RayThrough(camera_, scene, aspect, u, v);
  // In the plane, square to an axis, that is seen most from the front.
  const sim::ViewRay middle = sim::RayThrough(camera_, scene, aspect, 0, 0);
  int axis = 0;
  for (int k = 1; k < 3; ++k)
    if (std::abs(middle.direction[k]) > std::abs(middle.direction[axis])) axis = k;
  for (const auto& [body, place] : goals) {
    if (body != dragged_goal_) continue;
    if (const auto met = sim::MeetPlane(ray, axis, place[axis]))
      view.Post(agent::command::MoveGoal{body, *met});
  }
  return true;
}

void StagePanel::HandleMouse(const View& view, const sim::SceneView& scene, ImVec2 min,
                             ImVec2 size) {
  const ImGuiIO& io = ImGui::GetIO();
  const double aspect = size.x / size.y;
  const auto ray = [&] {
    const double u = 2 * (io.MousePos.x - min.x) / size.x - 1;
    const double v = 1 - 2 * (io.MousePos.y - min.y) / size.y;
    const sim::ViewRay through = sim::RayThrough(camera_, scene, aspect, u, v);
    return agent::Ray{through.origin, through.direction, io.KeyShift};
  };
  const bool hovered = ImGui::IsItemHovered();
  if (hovered && io.MouseWheel != 0) camera_.Zoom(io.MouseWheel);
  if (hovered && wielded_ && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    Intervene(view, ray());
    return;
  }
  if (hovered && !wielded_ && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
    view.Post(agent::command::Select{ray()});
  const float dx = io.MouseDelta.x / size.y, dy = io.MouseDelta.y / size.y;
  if (ImGui::IsItemActive() && io.KeyCtrl && !view.stage->selected.empty()) {
    // As in MuJoCo's own viewer: with Ctrl, right moves what is selected, and left turns it.
    if (ImGui::IsMouseDown(ImGuiMouseButton_Right)) {
      const auto place = OnThePlane(ray());
      if (dx != 0 || dy != 0 || !pulling_) view.Post(agent::command::Pull{{place[0], 0, place[1]}});
      pulling_ = true;
    } else if (dx != 0) {
      view.Post(agent::command::Twist{kTurnOfAHeight * dx});
      pulling_ = true;
    }
  } else if (ImGui::IsItemActive() && (dx != 0 || dy != 0)) {
    if (ImGui::IsMouseDown(ImGuiMouseButton_Left) && !wielded_) camera_.Orbit(dx, dy);
    if (ImGui::IsMouseDown(ImGuiMouseButton_Right)) camera_.Pan(dx, dy);
  }
  if (pulling_ && !ImGui::IsItemActive()) {
    pulling_ = false;
    view.Post(agent::command::LetGo{});
  }
}

void StagePanel::NotePlaces(const View& view, const sim::SceneView& scene, ImVec2 min,
                            ImVec2 size) {
  places_.clear();
  const auto note = [&](const std::string& name, const std::array<double, 3>& centre) {
    std::array<double, 2> uv;
    if (!sim::ToView(camera_, scene, size.x / size.y, centre, &uv)) return;
    places_[name] = {min.x + static_cast<float>(1 + uv[0]) / 2 * size.x,
                     min.y + static_cast<float>(1 - uv[1]) / 2 * size.y};
  };
  for (const auto& thing : scene.things)
    if (thing.present) note(thing.name, thing.centre);
  for (const auto& [body, place] : GoalsOf(*view.stage)) note("goal of " + body, place);
}

void StagePanel::Render(const View& view, const std::shared_ptr<const sim::SceneView>& scene,
                        ImVec2 size) {
  if (!renderer_ || &renderer_->stage() != view.stage->spec->stage.get()) {
    renderer_ = std::make_unique<sim::ViewRenderer>(view.stage->spec->stage);
    drawn_ = nullptr;
    // A stage of somebody else's is seen as its scene sees it: the audience may look past it.
    const sim::Scene& own = *view.stage->spec->scene;
    camera_.fixed = own.play.acts() || own.task.exists() ? own.camera : "";
  }
  const int64_t shown = view.moment() ? view.moment()->observation.moment : -1;
  // Only what changed is drawn again: on a processor a picture is most of a frame's time.
  const bool changed = scene != drawn_ || camera_ != drawn_camera_ || size.x != drawn_size_.x ||
                       size.y != drawn_size_.y || shown != drawn_moment_ ||
                       view.plan != drawn_plan_ || view.stage->goal != drawn_goal_;
  // Once more, finely, if it stands still.
  const double fine = cost_ms_ > 0 ? std::min(kFine, std::sqrt(kStill / cost_ms_)) : 0;
  if (!changed && (fine_ || view.stage->playing || fine <= scale_)) return;
  fine_ = !changed;
  // The first picture of a size makes buffers, which says nothing of those to come.
  const bool first = !drawn_ || size.x != drawn_size_.x || size.y != drawn_size_.y;
  const double scale = fine_ ? fine : scale_;
  const auto start = std::chrono::steady_clock::now();
  std::vector<mjvGeom> ghosts;
  if (const auto ghost = Ghost(view, *scene)) ghosts.push_back(*ghost);
  AddPlanGhosts(view, *scene, &ghosts);
  const auto pixels = [&](float side) {
    return std::clamp(static_cast<int>(side * scale), 1, kMostPixels);
  };
  renderer_->Draw(*scene, ghosts, camera_, pixels(size.x), pixels(size.y));
  drawn_ = scene;
  drawn_camera_ = camera_;
  drawn_size_ = size;
  drawn_moment_ = shown;
  drawn_plan_ = view.plan;
  drawn_goal_ = view.stage->goal;
  if (fine_ || first) return;
  const double took =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const double cost = took / (scale * scale);
  cost_ms_ = cost_ms_ == 0 ? cost : 0.8 * cost_ms_ + 0.2 * cost;
  const double expected = cost_ms_ * scale_ * scale_;
  if (expected > kSlow && scale_ > 0.5) {
    scale_ = std::max(0.5, scale_ * 0.85);
  } else if (expected < (scale_ < 1 ? kQuick : kVeryQuick) && scale_ < kFine) {
    scale_ = std::min(scale_ < 1 ? 1.0 : kFine, scale_ / 0.85);
  }
}

void StagePanel::Draw(const View& view) {
  const Theme& theme = *view.theme;
  const auto scene = view.stage && view.stage->spec ? ViewNow(view) : nullptr;
  if (!scene) {
    DrawEmptyState("No scene yet",
                   "Ctrl+O opens one; or drop a scene (.toml) or a stage (.xml) on the window.");
    return;
  }
  DrawWand(view);
  if (wielded_ == Kind::kAppear) DrawPalette(*scene);
  const ImVec2 min = ImGui::GetCursorScreenPos();
  ImVec2 size = ImGui::GetContentRegionAvail();
  size = {std::max(size.x, 64.0f), std::max(size.y, 64.0f)};
  InvisibleButton("stage", size,
                  ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  if (!HandleGoal(view, *scene, min, size)) HandleMouse(view, *scene, min, size);

  NotePlaces(view, *scene, min, size);
  Render(view, scene, size);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 max = {min.x + size.x, min.y + size.y};
  draw->AddImageRounded(TextureId(renderer_->texture()), min, max, {0, 1}, {1, 0}, IM_COL32_WHITE,
                        ImGui::GetStyle().ChildRounding);
  const agent::TimelineEntry* moment = view.moment();
  if (moment && moment->alarm)
    draw->AddRect(min, max, theme.alarm, ImGui::GetStyle().ChildRounding, 0, 4);

  const float line = ImGui::GetFontSize();
  std::string caption = camera_.fixed.empty() ? "" : fmt::format("camera: {}  ", camera_.fixed);
  if (moving_ && !view.stage->selected.empty())
    caption += fmt::format("click where {} shall be", view.stage->selected);
  else if (!view.stage->selected.empty())
    caption += view.stage->selected + ": Ctrl + right drag pulls it, Ctrl + drag turns it";
  if (!caption.empty()) {
    const float width = ImGui::CalcTextSize(caption.c_str()).x;
    const ImVec2 at = {min.x + 0.6f * line, max.y - 1.9f * line};
    draw->AddRectFilled({at.x - 0.3f * line, at.y - 0.2f * line},
                        {at.x + width + 0.3f * line, at.y + 1.3f * line}, IM_COL32(0, 0, 0, 140),
                        4);
    draw->AddText(at, IM_COL32_WHITE, caption.c_str());
  }
}

}  // namespace peekaboo::ui
