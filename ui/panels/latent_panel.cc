#include "ui/panels/latent_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "ui/empty_state.h"
#include "ui/widgets.h"
#include "ui/wrap.h"

namespace peekaboo::ui {
namespace {

constexpr const char* kShown[] = {"1 and 2", "1 and 3", "2 and 3", "all three"};
constexpr const char* kColours[] = {"time", "surprise", "hidden"};
constexpr float kQuick = 0.1f, kSlow = 2;  // s, to follow what is to be shown
constexpr float kLeastExtent = 4;          // of latents that hardly move
constexpr int64_t kBefore = 64;            // moments of the path that are shown before the cursor

ImU32 Mix(ImU32 a, ImU32 b, float share) {
  const ImVec4 x = ImGui::ColorConvertU32ToFloat4(a), y = ImGui::ColorConvertU32ToFloat4(b);
  const float s = std::clamp(share, 0.0f, 1.0f);
  return ImGui::ColorConvertFloat4ToU32(
      {x.x + s * (y.x - x.x), x.y + s * (y.y - x.y), x.z + s * (y.z - x.z), x.w + s * (y.w - x.w)});
}

}  // namespace

ImU32 LatentPanel::ColourOf(const agent::TimelineEntry& moment, const View& view) const {
  const Theme& theme = *view.theme;
  switch (colour_) {
    case Colour::kTime: {
      const auto age = static_cast<float>(view.cursor() - moment.observation.moment);
      return Mix(theme.accent, Faded(theme.faint, 0.35f), age / kBefore);
    }
    case Colour::kSurprise: {
      const auto& readout = view.mind->version->readout;
      const double threshold = readout ? readout->calibration.Threshold() : 1;
      return Mix(
          Faded(theme.accent, 0.6f), theme.alarm,
          std::isfinite(moment.surprise) ? static_cast<float>(moment.surprise / threshold) : 0);
    }
    case Colour::kHidden:
      return Mix(Faded(theme.faint, 0.5f), theme.good, static_cast<float>(moment.reading.hidden));
  }
  return theme.text;
}

void LatentPanel::DrawChoices() {
  int shown = cloud_.turned ? 3 : cloud_.across + cloud_.up - 1;
  ImGui::SetNextItemWidth(6.5f * ImGui::GetFontSize());
  if (Combo("axes", &shown, kShown)) {
    cloud_.turned = shown == 3;
    if (shown < 3) {
      cloud_.across = shown == 2 ? 1 : 0;
      cloud_.up = shown == 0 ? 1 : 2;
    }
  }
  int colour = static_cast<int>(colour_);
  const float width = 6.5f * ImGui::GetFontSize();
  ContinueLine(FieldWidth(width, "colour"));
  ImGui::SetNextItemWidth(width);
  if (Combo("colour", &colour, kColours)) colour_ = static_cast<Colour>(colour);
}

/// What is shown follows what is to be shown, quickly where that would be out of sight and
/// slowly where it would be small: a picture that breathes cannot be read.
void LatentPanel::Fit() {
  std::array<float, 3> low, high;
  low.fill(std::numeric_limits<float>::infinity());
  high.fill(-std::numeric_limits<float>::infinity());
  for (const Path& path : paths_) {
    for (const auto& point : path.points) {
      for (int axis = 0; axis < 3; ++axis) {
        low[axis] = std::min(low[axis], point[axis]);
        high[axis] = std::max(high[axis], point[axis]);
      }
    }
  }
  float needed = kLeastExtent;
  std::array<float, 3> centre = {};
  for (int axis = 0; axis < 3; ++axis) {
    centre[axis] = (low[axis] + high[axis]) / 2;
    if (cloud_.turned || axis == cloud_.across || axis == cloud_.up)
      needed = std::max(needed, 0.6f * (high[axis] - low[axis]));
  }
  bool outside = needed > cloud_.extent;
  for (int axis = 0; axis < 3; ++axis) {
    const float reach = std::max(high[axis] - cloud_.centre[axis], cloud_.centre[axis] - low[axis]);
    outside = outside || reach > cloud_.extent;
  }
  const float share = 1 - std::exp(-ImGui::GetIO().DeltaTime / (outside ? kQuick : kSlow));
  cloud_.extent += share * (needed - cloud_.extent);
  for (int axis = 0; axis < 3; ++axis)
    cloud_.centre[axis] += share * (centre[axis] - cloud_.centre[axis]);
}

void LatentPanel::Draw(const View& view) {
  const agent::TimelineEntry* now = view.moment();
  if (!now || !view.mind->version) {
    DrawEmptyState("Nothing has been perceived yet",
                   "It takes a scene, and a model (.safetensors) dropped on the window.");
    return;
  }
  if (now->reading.here.empty()) {
    DrawEmptyState("The model is being examined", "Its axes are known in some seconds.");
    return;
  }
  const Theme& theme = *view.theme;
  DrawChoices();
  paths_.assign(5, {});
  moments_.clear();
  Path& lived = paths_[0];
  Path& fan = paths_[1];
  Path& cursor = paths_[2];
  Path& hovered = paths_[3];
  Path& planned = paths_[4];
  hovered.dot = 4;
  for (int64_t m = view.cursor() - kBefore; m <= view.cursor(); ++m) {
    const agent::TimelineEntry* moment = view.mind->Find(m);
    if (!moment || moment->observation.episode != now->observation.episode ||
        moment->reading.here.empty() || moment->model_number != now->model_number)
      continue;
    lived.points.push_back(moment->reading.here.front());
    lived.colours.push_back(ColourOf(*moment, view));
    moments_.push_back(m);
    if (view.hovered != m) continue;
    hovered.points.push_back(moment->reading.here.front());
    hovered.colours.push_back(Faded(theme.text, 0.6f));
  }
  fan.points.push_back(now->reading.here.front());
  fan.points.insert(fan.points.end(), now->reading.fan.begin(), now->reading.fan.end());
  fan.colours.assign(fan.points.size(), theme.Series(1));
  fan.dashed = true;
  fan.dot = 3;
  if (const agent::PlanSnapshot* plan = view.PlanNow(); plan && plan->moment <= view.cursor()) {
    planned.points = plan->path;
    planned.colours.assign(planned.points.size(), theme.Series(2));
    planned.dot = 3;
  }
  cursor.points.push_back(now->reading.here.front());
  cursor.colours.push_back(theme.text);
  cursor.dot = 5;

  Fit();

  const auto& version = view.mind->version;
  std::array<std::string, 3> names;
  for (int axis = 0; axis < 3; ++axis) {
    names[axis] =
        fmt::format("axis {} ({:.0f}%)", axis + 1,
                    version->readout ? 100 * version->readout->projection.Explained(axis) : 0.0);
  }
  const auto hit =
      DrawCloud("cloud", ImGui::GetContentRegionAvail(), theme, paths_, names, &cloud_);
  if (!hit) return;
  if (hit->path == 0) {
    const int64_t moment = moments_[hit->point];
    view.Hover(moment);
    ImGui::SetTooltip("%.2f s", static_cast<double>(moment) * view.stage->period);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) view.Post(agent::command::Seek{moment});
  } else if (hit->path == 1 && hit->point > 0) {
    const auto& horizons = version->model->config().horizons;
    if (hit->point <= horizons.size())
      ImGui::SetTooltip("expected in %d frames", horizons[hit->point - 1]);
  } else if (hit->path == 4) {
    ImGui::SetTooltip("planned, %zu actions ahead", hit->point + 1);
  }
}

}  // namespace peekaboo::ui
