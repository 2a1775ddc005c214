#include "agent/mind/reading.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

#include "agent/mind/readout_fitter.h"
#include "base/check.h"
#include "sim/view/view_camera.h"
#include "worldmodel/readout/attribution.h"

namespace peekaboo::agent {
namespace {

using worldmodel::LatentPoint;
using worldmodel::Readout;

// How far from a thing heat about it lies; the picture is 2 wide. It may have been expected as far
// away as things move while a prediction reaches ahead.
constexpr double kSize = 0.2, kStride = 0.04;  // the latter a frame
constexpr double kRemembers = 0.5;             // of a probe that answers 0 or 1
constexpr double kLeastShare = 0.2;  // of the heat, or an alarm is about none of the objects

/// The horizon that is furthest above what is usual for it; -1 if none was predicted.
int MostSurprised(const Readout& readout, std::span<const float> normalised_error) {
  int most = -1;
  const auto ratio = [&](int k) { return normalised_error[k] / readout.calibration.Usual(k); };
  for (int k = 0; k < std::ssize(normalised_error); ++k) {
    if (std::isfinite(normalised_error[k]) && (most < 0 || ratio(k) > ratio(most))) most = k;
  }
  return most;
}

void ReadHidden(const Readout& readout, const std::vector<float>& memory, Reading* reading) {
  const auto hidden = readout.probes.find(kHiddenProbe), at = readout.probes.find(kHiddenAtProbe);
  if (hidden == readout.probes.end() || at == readout.probes.end()) return;
  reading->hidden = hidden->second.Predict(memory)[0];
  const std::vector<float> place = at->second.Predict(memory);
  reading->hidden_at = {place[0], place[1]};
}

void DrawExpected(const ModelVersion& version,
                  std::span<const worldmodel::FrameState* const> recent,
                  const worldmodel::FrameState& frame_state, Reading* reading) {
  const worldmodel::ModelConfig& config = version.model->config();
  std::vector<float> z = frame_state.z;
  // The nearest horizon, from as many frames ago as it reaches.
  const auto reach = static_cast<size_t>(config.horizons.front());
  if (recent.size() >= reach) {
    const std::vector<float>& predicted = recent[recent.size() - reach]->predicted;
    z.insert(z.end(), predicted.begin(), predicted.begin() + config.LatentSize());
  }
  const int count = static_cast<int>(z.size()) / config.LatentSize();
  const std::vector<uint8_t> drawn = version.readout->decoder.Draw(z, count);
  const auto picture = [&](int i) {
    const auto from = drawn.begin() + static_cast<ptrdiff_t>(i) * config.FrameBytes();
    return std::make_shared<const std::vector<uint8_t>>(from, from + config.FrameBytes());
  };
  reading->understood = picture(0);
  if (count > 1) reading->predicted_frame = picture(1);
}

}  // namespace

std::vector<LatentPoint> Points(const worldmodel::LatentProjection& projection,
                                std::span<const float> rows) {
  const std::vector<float> numbers = projection.Project(rows);
  std::vector<LatentPoint> points(numbers.size() / projection.kAxes);
  for (size_t i = 0; i < numbers.size(); ++i)
    points[i / projection.kAxes][i % projection.kAxes] = numbers[i];
  return points;
}

int Concerned(std::span<const float> heat, int side, int ahead,
              std::span<const sim::ObjectTruth> objects,
              std::span<const sim::ObjectTruth> last_seen) {
  PEEKABOO_CHECK(heat.size() == static_cast<size_t>(side) * side);
  const double whole = std::accumulate(heat.begin(), heat.end(), 0.0);
  const double reach = kSize + kStride * ahead;
  const auto around = [&](const sim::ObjectTruth& object) {
    if (!object.body.present) return 0.0;
    double sum = 0;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const double dx = 2 * (x + 0.5) / side - 1 - object.image_xy[0];
        const double dy = 1 - 2 * (y + 0.5) / side - object.image_xy[1];
        sum += std::exp(-(dx * dx + dy * dy) / (2 * reach * reach)) *
               heat[static_cast<size_t>(y) * side + x];
      }
    }
    return sum;
  };
  int most = -1;
  double most_heat = kLeastShare * whole;
  for (size_t o = 0; o < objects.size(); ++o) {
    double sum = around(objects[o]);
    if (o < last_seen.size()) sum = std::max(sum, around(last_seen[o]));
    if (sum <= most_heat) continue;
    most = static_cast<int>(o);
    most_heat = sum;
  }
  return most;
}

std::optional<std::array<double, 3>> WhereRemembered(const TimelineEntry& moment,
                                                     const sim::SceneView& view) {
  const Reading& reading = moment.reading;
  if (reading.hidden < kRemembers || !moment.observation.spec) return std::nullopt;
  sim::ViewCamera eye;
  eye.fixed = moment.observation.spec->scene->camera;
  const double u = moment.observation.mirrored ? -reading.hidden_at[0] : reading.hidden_at[0];
  return sim::MeetPlane(sim::RayThrough(eye, view, /*aspect=*/1, u, reading.hidden_at[1]));
}

void ReadMind(const ModelVersion& version, std::span<const worldmodel::FrameState* const> recent,
              std::span<const sim::ObjectTruth> last_seen, bool pictures, TimelineEntry* moment) {
  if (!version.readout) return;
  const Readout& readout = *version.readout;
  const worldmodel::ModelConfig& config = version.model->config();
  const worldmodel::FrameState& frame_state = moment->frame_state;
  Reading& reading = moment->reading;
  std::vector<std::span<const float>> normalised_error;
  for (const worldmodel::FrameState* before : recent)
    normalised_error.emplace_back(before->normalised_error);
  normalised_error.emplace_back(frame_state.normalised_error);
  moment->surprise = readout.calibration.Surprise(normalised_error);
  moment->alarm = moment->surprise > readout.calibration.Threshold();
  reading.here = Points(readout.projection, frame_state.z);
  ReadHidden(readout, frame_state.h, &reading);
  if (!config.PredictsPixels()) {
    reading.fan = Points(readout.projection, frame_state.predicted);
    if (pictures) DrawExpected(version, recent, frame_state, &reading);
  }
  const int horizon = moment->alarm ? MostSurprised(readout, frame_state.normalised_error) : -1;
  if (horizon < 0) return;
  auto heat = std::make_shared<const std::vector<float>>(
      worldmodel::Attribute(*version.model, *moment->observation.pixels, recent, horizon));
  const int object = Concerned(*heat, config.image_size, config.horizons[horizon],
                               moment->observation.objects, last_seen);
  if (object >= 0 && moment->observation.spec)
    moment->concerned = moment->observation.spec->scene->objects[static_cast<size_t>(object)];
  if (pictures) reading.heat = std::move(heat);
}

}  // namespace peekaboo::agent
