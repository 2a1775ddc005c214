#include "ui/panels/eye_panel.h"

#include <algorithm>
#include <cmath>

namespace peekaboo::ui {

void EyePanel::Draw(const View& view) {
  const agent::Moment* moment = view.moment();
  if (!moment) {
    ImGui::TextDisabled("Nothing has been seen yet.");
    return;
  }
  const Theme& theme = *view.theme;
  const int side = static_cast<int>(std::lround(std::sqrt(moment->sight.pixels->size() / 3.0)));
  if (shown_ != moment->sight.pixels) {
    shown_ = moment->sight.pixels;
    picture_.Set(*shown_, side, side);
  }
  const float line = ImGui::GetFontSize(), gap = 0.8f * line;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float size =
      std::max(48.0f, std::floor(std::min((room.x - gap) / 2, room.y - 1.6f * line)));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 first_end = {at.x + size, at.y + size};
  draw->AddImage(picture_.id(), at, first_end);
  draw->AddText({at.x, first_end.y + 0.2f * line}, theme.faint, "what it sees");

  const ImVec2 second = {at.x + size + gap, at.y}, second_end = {second.x + size, at.y + size};
  draw->AddImage(picture_.id(), second, second_end, {0, 0}, {1, 1}, IM_COL32(110, 110, 110, 255));
  draw->AddText({second.x, second_end.y + 0.2f * line}, theme.faint, "where it is surprised");
  const auto& error = moment->glimpse.error_patch;
  const auto& version = view.mind->version;
  if (version && version->readout && !error.empty()) {
    const auto& config = version->model->config();
    const int grid = config.Grid(), patches = config.Patches();
    const int horizons = static_cast<int>(error.size()) / patches;
    const float cell = size / static_cast<float>(grid);
    for (int p = 0; p < patches; ++p) {
      // The largest of the horizons, in units of its threshold.
      double most = 0;
      for (int k = 0; k < horizons; ++k) {
        const double e = error[static_cast<size_t>(k) * patches + p];
        if (std::isfinite(e)) most = std::max(most, e / version->readout->calibration.Threshold(k));
      }
      const int row = p / grid, column = p % grid;
      const float heat = static_cast<float>(std::clamp(most / 3, 0.0, 1.0));
      if (heat < 0.03f) continue;
      const ImVec2 a = {second.x + cell * static_cast<float>(column),
                        second.y + cell * static_cast<float>(row)};
      draw->AddRectFilled(a, {a.x + cell, a.y + cell}, Faded(theme.alarm, 0.75f * heat));
    }
  }
  ImGui::Dummy({2 * size + gap, size + 1.4f * line});
}

}  // namespace peekaboo::ui
