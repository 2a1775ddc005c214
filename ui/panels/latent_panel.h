#pragma once

#include <vector>

#include "ui/panel.h"
#include "ui/plot/point_cloud.h"

namespace peekaboo::ui {

/// The path that the infant's latents take on the axes of its readout's projection, the fan of
/// those it expects next, and those that its plan leads through.
class LatentPanel : public Panel {
 public:
  const char* title() const override { return "Latent space"; }
  void Draw(const View& view) override;

 private:
  enum class Colour { kTime, kSurprise, kHidden };

  void DrawChoices();
  ImU32 ColourOf(const agent::TimelineEntry& moment, const View& view) const;
  void Fit();

  CloudView cloud_;
  Colour colour_ = Colour::kTime;
  std::vector<Path> paths_;
  std::vector<int64_t> moments_;  // of the points of paths_[0]
};

}  // namespace peekaboo::ui
