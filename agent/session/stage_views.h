#pragma once

#include <memory>
#include <vector>

#include "sim/view/scene_viewer.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

/// What people see of a stage's latest frame: views at equal shares of it, the moment itself last;
/// one where it stands still. Nothing at all unless `on`. One thread.
class StageViews {
 public:
  static constexpr int kShares = 4;  ///< of a frame that is played at a pace people can follow

  explicit StageViews(bool on) : on_(on) {}

  /// Another stage. Throws UserError as SceneViewer does.
  void SetStage(const sim::Stage& stage);
  /// The world stands still.
  void Show(const sim::World& world);
  /// A frame begins, of which there will be so many views.
  void BeginFrame(int shares);
  /// That share of it has been simulated.
  void Note(const sim::World& world, double share);
  /// The moment is there; `first`: of an episode.
  void EndFrame(const sim::World& world, bool first);

  const std::vector<std::shared_ptr<const sim::SceneView>>& views() const { return views_; }

 private:
  std::shared_ptr<const sim::SceneView> View(const sim::World& world) const;

  const bool on_;
  std::unique_ptr<sim::SceneViewer> viewer_;
  std::vector<std::shared_ptr<const sim::SceneView>> views_;
  int shown_ = 0;  // shares of the frame under way
};

}  // namespace peekaboo::agent
