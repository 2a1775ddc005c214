#include "ui/panels/surprise_panel.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "agent/mind/looking_time.h"
#include "ui/empty_state.h"

namespace peekaboo::ui {

void SurprisePanel::DrawLooking(const View& view) {
  const agent::TimelineEntry* moment = view.moment();
  if (!moment) return;
  const agent::LookingTime looking = agent::MeasureLooking(*view.mind, moment->observation.moment);
  ImGui::Text("looking time %.1f s", looking.seconds);
  if (ImGui::IsItemHovered())
    ImGui::SetTooltip(
        "How long it has looked since something happened, until it looks away for "
        "%.0f s:\nit looks while it is more than %.1f times as surprised as usual",
        agent::LookingTime::kLookAway, agent::LookingTime::kInterest);
  ImGui::SameLine();
  ImGui::TextDisabled("since \"%s\"%s", looking.since.c_str(),
                      looking.looking ? "" : ", looked away");
  if (std::isfinite(looking.usual)) {
    ImGui::SameLine();
    ImGui::TextDisabled("usually %.1f s", looking.usual);
  }
  if (!moment->alarm) return;
  ImGui::SameLine();
  ImGui::PushStyleColor(ImGuiCol_Text, view.theme->alarm);
  ImGui::Text("surprised %.1f x%s%s", moment->surprise, moment->concerned.empty() ? "" : " by ",
              moment->concerned.c_str());
  ImGui::PopStyleColor();
}

ChartOptions SurprisePanel::Axes(const View& view) const {
  const double period = view.stage->period;
  const double newest = static_cast<double>(view.mind->moments.back()->observation.moment) * period;
  const double cursor = static_cast<double>(view.cursor()) * period;
  ChartOptions axes;
  axes.x_label = "time [s]";
  axes.y_label = "surprise [of the usual]";
  axes.y_low = 0;
  axes.x_high = newest;
  if (!view.stage->playing) axes.x_high = std::max(cursor + 0.3 * seconds_, seconds_);
  axes.x_high = std::max(std::min(axes.x_high, newest), seconds_);
  axes.x_low = axes.x_high - seconds_;
  axes.cursor = cursor;
  if (view.hovered) axes.hovered = static_cast<double>(*view.hovered) * period;
  return axes;
}

namespace {

/// Calls visit(moment, time) for those that the axes show, and one more at either end.
template <typename Visit>
void ForEachShown(const View& view, const ChartOptions& axes, const Visit& visit) {
  const double period = view.stage->period;
  for (const auto& moment : view.mind->moments) {
    const double x = static_cast<double>(moment->observation.moment) * period;
    if (x >= axes.x_low - period && x <= axes.x_high + period) visit(*moment, x);
  }
}

}  // namespace

void SurprisePanel::FillSeries(const View& view, const ChartOptions& axes) {
  const Theme& theme = *view.theme;
  const agent::ModelVersion& version = *view.mind->version;
  const auto& horizons = version.model->config().horizons;
  if (series_.size() != horizons.size() + 1) {
    series_.assign(horizons.size() + 1, {});
    series_[0].name = "all";
    for (size_t k = 0; k < horizons.size(); ++k) {
      series_[k + 1].name = "k = " + std::to_string(horizons[k]);
      series_[k + 1].shown = false;
    }
  }
  for (size_t i = 0; i < series_.size(); ++i) {
    series_[i].x.clear();
    series_[i].y.clear();
    series_[i].colour = i == 0 ? theme.text : theme.Series(static_cast<int>(i) - 1);
    series_[i].width = i == 0 ? 2.0f : 1.3f;
  }
  ForEachShown(view, axes, [&](const agent::TimelineEntry& moment, double x) {
    series_[0].x.push_back(x);
    series_[0].y.push_back(moment.surprise);
    for (size_t k = 0; k < horizons.size(); ++k) {
      double value = std::nan("");
      if (version.readout && k < moment.frame_state.normalised_error.size())
        value = moment.frame_state.normalised_error[k] /
                version.readout->calibration.Usual(static_cast<int>(k));
      series_[k + 1].x.push_back(x);
      series_[k + 1].y.push_back(value);
    }
  });
}

void SurprisePanel::AddMarks(const View& view, ChartOptions* options) {
  const Theme& theme = *view.theme;
  ForEachShown(view, *options, [&](const agent::TimelineEntry& moment, double x) {
    for (const agent::Mark& mark : moment.observation.marks) {
      const bool violation = mark.kind == agent::Mark::Kind::kViolation;
      const bool beginning = mark.kind == agent::Mark::Kind::kBeginning;
      options->marks.push_back({x, mark.text,
                                violation   ? theme.alarm
                                : beginning ? theme.faint
                                            : theme.accent});
    }
    if (!moment.alarm) return;
    const std::string by = moment.concerned.empty() ? "none of the objects" : moment.concerned;
    options->alarms.push_back({x, "surprised by " + by, theme.alarm});
  });
}

void SurprisePanel::HandleInput(const View& view, const ChartInput& input) {
  const double period = view.stage->period;
  if (ImGui::IsItemHovered() && ImGui::GetIO().MouseWheel != 0)
    seconds_ = std::clamp(seconds_ * std::exp(-0.15 * ImGui::GetIO().MouseWheel), 2.0, 600.0);
  if (input.hovered) view.Hover(std::lround(*input.hovered / period));
  if (!input.clicked) {
    asked_ = -1;
    return;
  }
  const auto moment = static_cast<int64_t>(std::lround(*input.clicked / period));
  if (moment != asked_) view.Post(agent::command::Seek{asked_ = moment});
}

void SurprisePanel::Draw(const View& view) {
  if (!view.mind || view.mind->moments.empty() || !view.stage || view.stage->period <= 0) {
    DrawEmptyState("Nothing has been seen yet", "It begins to look as soon as a scene plays.");
    return;
  }
  const auto& version = view.mind->version;
  if (!version) {
    DrawEmptyState(
        "Nobody watches",
        "Drop a model (.safetensors) on the window, or begin with a newborn (2, Newborn).");
    return;
  }
  ChartOptions options = Axes(view);
  FillSeries(view, options);
  AddMarks(view, &options);
  if (version->readout) {
    double most = 0;
    for (const double surprise : series_[0].y) {
      if (std::isfinite(surprise)) most = std::max(most, surprise);
    }
    options.threshold = version->readout->calibration.Threshold();
    options.y_high = std::max(1.6 * *options.threshold, 1.1 * most);
  }
  DrawLooking(view);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  HandleInput(view, DrawChart("surprise", room, *view.theme, series_, options));
}

}  // namespace peekaboo::ui
