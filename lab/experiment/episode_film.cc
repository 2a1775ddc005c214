#include "lab/experiment/episode_film.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace peekaboo::lab {
namespace {

// Pixels.
constexpr int kSide = 256;        // of each of the two pictures
constexpr int kFine = 2;          // drawn so many times as large, against jagged edges
constexpr int kGap = 8;           // around them
constexpr int kStrip = 40;        // height of the bars
constexpr int kFrame = 3;         // width of the frame around what is solved
constexpr int kTile = kSide / 2;  // side of a picture in the strip
constexpr int kMoments = 7;       // in the strip, beside the goal
constexpr int kWidth = 2 * kSide + 3 * kGap;
constexpr int kHeight = kSide + kStrip + 3 * kGap;
constexpr int kNow = kSide + 2 * kGap;  // left edge of the right picture

constexpr uint8_t kBackground = 24;
constexpr uint8_t kGreen[3] = {60, 200, 90}, kRed[3] = {235, 60, 50}, kYellow[3] = {255, 220, 60},
                  kBlue[3] = {90, 150, 230};

void Fill(sim::Image* image, int left, int top, int width, int height, const uint8_t colour[3]) {
  for (int y = top; y < top + height; ++y) {
    for (int x = left; x < left + width; ++x)
      std::copy_n(colour, 3, &image->rgb[3 * (static_cast<size_t>(y) * image->width + x)]);
  }
}

}  // namespace

EpisodeFilm::EpisodeFilm(const TaskExperiment& experiment, const sim::World* world)
    : experiment_(experiment),
      world_(world),
      camera_(experiment.stage->CameraOf(*experiment.scene)),
      fps_(experiment.scene->frame_hz / experiment.scene->play.repeat),
      eye_(world->model(), kFine * kSide, kFine * kSide),
      fine_(size_t{3} * kFine * kSide * kFine * kSide) {}

void EpisodeFilm::Begin(const std::string& path, const sim::TaskLayout& layout) {
  layout_ = &layout;
  costs_.clear();
  picture_ = {kHeight, kWidth, std::vector<uint8_t>(size_t{3} * kHeight * kWidth, kBackground)};
  path_ = path;
  video_ = std::make_unique<sim::VideoWriter>(path + ".mp4", kHeight, kWidth, fps_);
  Show(kGap);
  constexpr int kStripWidth = (kMoments + 1) * (kTile + 2 * kFrame);
  strip_ = {kTile + 2 * kFrame, kStripWidth,
            std::vector<uint8_t>(size_t{3} * (kTile + 2 * kFrame) * kStripWidth, kBackground)};
  added_ = tiles_ = 0;
  AddTile(kGap);
}

// To the strip: half as large, with the frame around it, the picture whose left edge is there.
void EpisodeFilm::AddTile(int left) {
  constexpr int kBordered = kTile + 2 * kFrame;
  const int at = tiles_++ * kBordered;
  const auto pixel = [&](int y, int x, int c) {
    return picture_.rgb[3 * (static_cast<size_t>(kGap + y) * kWidth + left + x) + c];
  };
  for (int y = 0; y < kBordered; ++y) {
    for (int x = 0; x < kBordered; ++x) {
      const int v = 2 * (y - kFrame), u = 2 * (x - kFrame);
      const bool inside = v >= 0 && v < kSide && u >= 0 && u < kSide;
      const int row = std::clamp(v, -1, kSide), column = std::clamp(u, -1, kSide);  // of the frame
      for (int c = 0; c < 3; ++c) {
        const int value = inside ? (pixel(v, u, c) + pixel(v, u + 1, c) + pixel(v + 1, u, c) +
                                    pixel(v + 1, u + 1, c)) /
                                       4
                                 : pixel(row, column, c);
        strip_.rgb[3 * (static_cast<size_t>(y) * strip_.width + at + x) + c] =
            static_cast<uint8_t>(value);
      }
    }
  }
}

// What the eye sees now, its left edge there.
void EpisodeFilm::Show(int left) {
  eye_.See(*world_, camera_, fine_);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      for (int c = 0; c < 3; ++c) {
        int sum = 0;
        for (int v = 0; v < kFine; ++v)
          for (int u = 0; u < kFine; ++u)
            sum +=
                fine_[3 * (static_cast<size_t>(kFine * y + v) * kFine * kSide + kFine * x + u) + c];
        picture_.rgb[3 * (static_cast<size_t>(kGap + y) * kWidth + left + x) + c] =
            static_cast<uint8_t>(sum / (kFine * kFine));
      }
    }
  }
}

// In the right picture; x and y as Eye::Locate gives them, the radius in pixels.
void EpisodeFilm::DrawDisc(double x, double y, double radius, const uint8_t colour[3],
                           double opacity) {
  const double column = (x + 1) / 2 * kSide, row = (1 - y) / 2 * kSide;
  for (int v = 0; v < kSide; ++v) {
    for (int u = 0; u < kSide; ++u) {
      const double inside = radius - std::hypot(u + 0.5 - column, v + 0.5 - row);
      const double share = opacity * std::clamp(inside + 0.5, 0.0, 1.0);
      if (share <= 0) continue;
      uint8_t* pixel = &picture_.rgb[3 * (static_cast<size_t>(kGap + v) * kWidth + kNow + u)];
      for (int c = 0; c < 3; ++c)
        pixel[c] = static_cast<uint8_t>(std::lround((1 - share) * pixel[c] + share * colour[c]));
    }
  }
}

void EpisodeFilm::DrawPlan(const agent::Plan& plan) {
  const at::NoGradGuard no_gradient;
  const at::Tensor places =
      experiment_.places->Read({plan.path.z[0], plan.path.h[0]}, 0).to(at::kDouble).contiguous();
  for (int64_t k = places.size(0) - 1; k >= 0; --k) {
    const auto at = eye_.Locate(*world_, camera_, places.data_ptr<double>() + 3 * k);
    const double late = static_cast<double>(k) / static_cast<double>(places.size(0));
    uint8_t colour[3];
    for (int c = 0; c < 3; ++c) colour[c] = static_cast<uint8_t>(kYellow[c] * (1 - 0.6 * late));
    DrawDisc(at[0], at[1], 4, colour, 0.9);
  }
}

void EpisodeFilm::DrawZones() {
  for (const sim::PlacedZone& zone : layout_->never) {
    const int body = experiment_.stage->BodyId(zone.body, "never");
    const double z = zone.centre.size() > 2 ? zone.centre[2] : world_->data()->xpos[3 * body + 2];
    const double centre[3] = {zone.centre[0], zone.centre[1], z};
    const double rim[3] = {zone.centre[0] + zone.within, zone.centre[1], z};
    const auto at = eye_.Locate(*world_, camera_, centre),
               edge = eye_.Locate(*world_, camera_, rim);
    DrawDisc(at[0], at[1], std::abs(edge[0] - at[0]) / 2 * kSide, kRed, 0.35);
  }
}

void EpisodeFilm::DrawCosts() {
  const int top = kSide + 2 * kGap, width = kWidth - 2 * kGap;
  const uint8_t dark[3] = {40, 40, 44};
  Fill(&picture_, kGap, top, width, kStrip, dark);
  const double most = costs_.empty() ? 0 : *std::max_element(costs_.begin(), costs_.end());
  if (!(most > 0)) return;
  const int bars = std::max(experiment_.scene->task.actions, static_cast<int>(costs_.size()));
  for (size_t i = 0; i < costs_.size(); ++i) {
    const int left = static_cast<int>(i) * width / bars;
    const int right = static_cast<int>(i + 1) * width / bars;
    const int height = static_cast<int>(std::lround(kStrip * std::max(0.0, costs_[i]) / most));
    Fill(&picture_, kGap + left, top + kStrip - height, std::max(1, right - left - 1), height,
         kBlue);
  }
}

void EpisodeFilm::Add(const agent::Plan* plan, bool solved) {
  const uint8_t background[3] = {kBackground, kBackground, kBackground};
  Fill(&picture_, kNow - kFrame, kGap - kFrame, kSide + 2 * kFrame, kSide + 2 * kFrame,
       solved ? kGreen : background);
  Show(kNow);
  DrawZones();
  if (plan) {
    if (std::isfinite(plan->cost)) costs_.push_back(plan->cost);
    if (experiment_.places) DrawPlan(*plan);
  }
  DrawCosts();
  video_->Add(picture_.rgb);
  const int next = (tiles_ - 1) * experiment_.scene->task.actions / (kMoments - 1);
  if (added_++ == next && tiles_ <= kMoments) AddTile(kNow);
}

void EpisodeFilm::End() {
  for (int frame = 0; frame < static_cast<int>(fps_); ++frame) video_->Add(picture_.rgb);
  video_->Close();
  video_.reset();
  sim::WritePng(path_ + ".png", strip_);
}

}  // namespace peekaboo::lab
