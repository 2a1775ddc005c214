#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sim/view/view_renderer.h"
#include "ui/key_map.h"
#include "ui/panel.h"

namespace peekaboo::ui {

/// The theatre: the stage as people see it, what the mouse does to it, and the magic wand.
class StagePanel : public Panel {
 public:
  const char* title() const override { return "Stage"; }
  void Draw(const View& view) override;

  /// What a click does; nothing: it turns the camera and selects.
  void Wield(std::optional<sim::Intervention::Kind> wand);
  /// Takes up the wand that a key stands for, if it is one.
  bool WieldBy(Shortcut shortcut);
  void NextCamera(const View& view);
  /// Where in the window the things of the stage, and "goal of hand", were drawn, ImGui's
  /// coordinates.
  const std::map<std::string, ImVec2>& places() const { return places_; }

 private:
  void DrawWand(const View& view);
  /// True while the mouse drags the ghost of a goal.
  bool HandleGoal(const View& view, const sim::SceneView& scene, ImVec2 min, ImVec2 size);
  void HandleMouse(const View& view, const sim::SceneView& scene, ImVec2 min, ImVec2 size);
  void Intervene(const View& view, const agent::Ray& ray);
  void DrawPalette(const sim::SceneView& scene);
  void NotePlaces(const View& view, const sim::SceneView& scene, ImVec2 min, ImVec2 size);
  /// Draws the picture, if anything in it changed.
  void Render(const View& view, const std::shared_ptr<const sim::SceneView>& scene, ImVec2 size);

  std::unique_ptr<sim::ViewRenderer> renderer_;
  std::shared_ptr<const sim::SceneView> drawn_;
  sim::ViewCamera camera_, drawn_camera_;
  ImVec2 drawn_size_ = {};
  std::map<std::string, ImVec2> places_;
  double scale_ = 1;    // of the picture's pixels, less where drawing is slow, more where quick
  bool fine_ = false;   // it stands still and was drawn once more, with kFine times the pixels
  double cost_ms_ = 0;  // of a picture of as many pixels as the screen has, running mean
  std::optional<sim::Intervention::Kind> wielded_;
  bool moving_ = false;   // the next click says where what is selected shall be
  std::string dropping_;  // what the next click makes appear
  int64_t drawn_moment_ = -1;
  std::shared_ptr<const agent::PlanSnapshot> drawn_plan_;
  std::shared_ptr<const agent::Goal> drawn_goal_;
  bool pulling_ = false;
  std::string dragged_goal_;  // the body whose goal the mouse has; empty: none
  int64_t dragged_in_ = 0;    // the episode
};

}  // namespace peekaboo::ui
