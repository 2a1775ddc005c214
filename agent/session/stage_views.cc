#include "agent/session/stage_views.h"

namespace peekaboo::agent {

void StageViews::SetStage(const sim::Stage& stage) {
  if (on_) viewer_ = std::make_unique<sim::SceneViewer>(stage);
}

std::shared_ptr<const sim::SceneView> StageViews::View(const sim::World& world) const {
  return std::make_shared<const sim::SceneView>(viewer_->Capture(world));
}

void StageViews::Show(const sim::World& world) {
  if (on_) views_.assign(1, View(world));
}

void StageViews::BeginFrame(int shares) {
  views_.assign(static_cast<size_t>(shares), nullptr);
  shown_ = 0;
}

void StageViews::Note(const sim::World& world, double share) {
  const auto shares = static_cast<int>(views_.size());
  const int now = static_cast<int>(share * shares);
  if (!on_ || now == shown_) return;
  shown_ = now;
  if (now >= 1 && now < shares) views_[static_cast<size_t>(now) - 1] = View(world);
}

void StageViews::EndFrame(const sim::World& world, bool first) {
  if (!on_) {
    views_.clear();
    return;
  }
  if (views_.empty() || first) views_.assign(1, nullptr);
  views_.back() = View(world);
  // A frame played again may have skipped a share.
  for (auto& view : views_) {
    if (!view) view = views_.back();
  }
}

}  // namespace peekaboo::agent
