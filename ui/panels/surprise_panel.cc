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

void SurprisePanel::Draw(const View& view) {
  if (!view.mind || view.mind->moments.empty() || !view.stage || view.stage->period <= 0) {
    DrawEmptyState("Nothing has been seen yet", "It begins to look as soon as a scene plays.");
    return;
  }
  const Theme& theme = *view.theme;
  const auto& moments = view.mind->moments;
  const auto& version = view.mind->version;
  if (!version) {
    DrawEmptyState(
        "Nobody watches",
        "Drop a model (.safetensors) on the window, or begin with a newborn (2, Newborn).");
    return;
  }
  const auto& horizons = version->model->config().horizons;
  if (series_.size() != horizons.size() + 1) {
    series_.assign(horizons.size() + 1, {});
    series_[0].name = "all";
    for (size_t k = 0; k < horizons.size(); ++k) {
      series_[k + 1].name = "k = " + std::to_string(horizons[k]);
      series_[k + 1].shown = false;
    }
  }
  const double period = view.stage->period;
  const int64_t newest = moments.back()->observation.moment;
  ChartOptions options;
  options.x_label = "time [s]";
  options.y_label = "surprise [of the usual]";
  options.y_low = 0;
  const double cursor = static_cast<double>(view.cursor()) * period;
  options.x_high = static_cast<double>(newest) * period;
  if (!view.stage->playing) options.x_high = std::max(cursor + 0.3 * seconds_, seconds_);
  options.x_high =
      std::max(std::min(options.x_high, static_cast<double>(newest) * period), seconds_);
  options.x_low = options.x_high - seconds_;
  options.cursor = cursor;
  if (view.hovered) options.hovered = static_cast<double>(*view.hovered) * period;
  for (size_t i = 0; i < series_.size(); ++i) {
    series_[i].x.clear();
    series_[i].y.clear();
    series_[i].colour = i == 0 ? theme.text : theme.Series(static_cast<int>(i) - 1);
    series_[i].width = i == 0 ? 2.0f : 1.3f;
  }
  double most = 0;
  for (const auto& moment : moments) {
    const double x = static_cast<double>(moment->observation.moment) * period;
    if (x < options.x_low - period || x > options.x_high + period) continue;
    for (const agent::Mark& mark : moment->observation.marks) {
      if (mark.kind == agent::Mark::Kind::kViolation) {
        options.marks.push_back({x, mark.text, theme.alarm});
      } else if (mark.kind == agent::Mark::Kind::kBeginning) {
        options.marks.push_back({x, mark.text, theme.faint});
      } else {
        options.marks.push_back({x, mark.text, theme.accent});
      }
    }
    if (moment->alarm)
      options.alarms.push_back(
          {x,
           "surprised by " +
               (moment->concerned.empty() ? std::string("none of the objects") : moment->concerned),
           theme.alarm});
    series_[0].x.push_back(x);
    series_[0].y.push_back(moment->surprise);
    if (std::isfinite(moment->surprise)) most = std::max(most, moment->surprise);
    for (size_t k = 0; k < horizons.size(); ++k) {
      double value = std::nan("");
      if (version->readout && k < moment->frame_state.normalised_error.size())
        value = moment->frame_state.normalised_error[k] /
                version->readout->calibration.Usual(static_cast<int>(k));
      series_[k + 1].x.push_back(x);
      series_[k + 1].y.push_back(value);
    }
  }
  if (version->readout) {
    options.threshold = version->readout->calibration.Threshold();
    options.y_high = std::max(1.6 * *options.threshold, 1.1 * most);
  }
  DrawLooking(view);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ChartInput input = DrawChart("surprise", room, theme, series_, options);
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

}  // namespace peekaboo::ui
