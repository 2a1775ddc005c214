#include "ui/panels/eye_panel.h"

#include <algorithm>
#include <cmath>

#include "ui/empty_state.h"
#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

constexpr double kFullHeat = 24;  // times the mean error

/// How surprising each patch of the grid is: the largest of the horizons, in units of its mean
/// error on possible films times kFullHeat.
std::vector<float> PatchHeat(const agent::TimelineEntry& moment,
                             const agent::ModelVersion& version) {
  const auto& config = version.model->config();
  const auto& error = moment.frame_state.error_patch;
  const auto patches = static_cast<size_t>(config.Patches());
  std::vector<float> heat(patches);
  // Of a model of another shape, which watched before this one.
  if (error.size() != patches * static_cast<size_t>(config.Horizons())) return heat;
  for (size_t i = 0; i < error.size(); ++i) {
    const double mean = version.readout->calibration.MeanError(static_cast<int>(i / patches));
    if (std::isfinite(error[i]) && mean > 0)
      heat[i % patches] =
          std::max(heat[i % patches], static_cast<float>(error[i] / mean / kFullHeat));
  }
  return heat;
}

/// The frame in grey, with `heat` (0 to 1) in the alarm's colour on it.
std::vector<uint8_t> Glow(const std::vector<uint8_t>& frame, const std::vector<float>& heat,
                          ImU32 colour) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(colour);
  const float alarm[3] = {255 * c.x, 255 * c.y, 255 * c.z};
  std::vector<uint8_t> glow(frame.size());
  for (size_t p = 0; p < heat.size(); ++p) {
    const float grey =
        0.4f * (0.3f * frame[3 * p] + 0.6f * frame[3 * p + 1] + 0.1f * frame[3 * p + 2]);
    const float h = std::clamp(heat[p], 0.0f, 1.0f);
    for (size_t i = 0; i < 3; ++i)
      glow[3 * p + i] = static_cast<uint8_t>(grey + h * (alarm[i] - grey));
  }
  return glow;
}

}  // namespace

void EyePanel::DrawSurprise(const View& view, const agent::TimelineEntry& moment, float size) {
  const auto& version = view.mind->version;
  // A frame is coloured once: the texture remembers which one it shows.
  if (version && version->readout && heat_.shown() != moment.observation.pixels &&
      !moment.frame_state.error_patch.empty()) {
    const int side = version->model->config().image_size;
    const int grid = version->model->config().Grid();
    std::vector<float> heat(static_cast<size_t>(side) * side);
    if (moment.reading.heat) {
      const float most =
          *std::max_element(moment.reading.heat->begin(), moment.reading.heat->end());
      for (size_t i = 0; i < heat.size(); ++i)
        heat[i] = most > 0 ? (*moment.reading.heat)[i] / most : 0;
    } else {
      const std::vector<float> patches = PatchHeat(moment, *version);
      for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x)
          heat[static_cast<size_t>(y) * side + x] =
              patches[y * grid / side * grid + x * grid / side];
      }
    }
    heat_.Set(moment.observation.pixels, Glow(*moment.observation.pixels, heat, view.theme->alarm));
  }
  // Of another frame nothing is known.
  const bool known = heat_.shown() == moment.observation.pixels;
  heat_.Draw(known ? moment.observation.pixels : nullptr, "surprised by",
             moment.reading.heat ? "An alarm: which pixels the surprise is about"
                                 : "Which of its patches came otherwise than expected",
             *view.theme, size);
}

void EyePanel::Draw(const View& view) {
  const agent::TimelineEntry* moment = view.moment();
  if (!moment) {
    DrawEmptyState("Nothing has been seen yet", "It sees what plays on the stage.");
    return;
  }
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float gap = ImGui::GetStyle().ItemSpacing.x, caption = 1.6f * ImGui::GetFontSize();
  // One row or two, whichever has the larger pictures.
  const float row = std::min((room.x - 3 * gap) / 4, room.y - caption);
  const float two = std::min((room.x - gap) / 2, (room.y - gap) / 2 - caption);
  const float size = std::floor(std::max({row, two, 32.0f}));
  seen_.Draw(moment->observation.pixels,
             moment->observation.mirrored ? "sees, mirrored" : "what it sees",
             "The frame as the infant has it: 64 x 64 pixels.\nSome draws of a scene exchange left "
             "and right for its eye",
             *view.theme, size, false);
  ImGui::SameLine();
  understood_.Draw(
      moment->reading.understood, "makes of it",
      "For our eyes only: a small decoder, from which the model learns nothing, draws the "
      "latent.\nWhat is not in the latent, such as colours, it cannot draw",
      *view.theme, size, true);
  if (row >= two) ImGui::SameLine();
  expected_.Draw(moment->reading.predicted_frame, "had expected",
                 "The same decoder draws what was predicted one frame before", *view.theme, size,
                 true);
  ImGui::SameLine();
  DrawSurprise(view, *moment, size);
}

}  // namespace peekaboo::ui
