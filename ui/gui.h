#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/session.h"
#include "ui/key_map.h"
#include "ui/panels/controls_panel.h"
#include "ui/panels/eye_panel.h"
#include "ui/panels/learning_panel.h"
#include "ui/panels/stage_panel.h"
#include "ui/panels/surprise_panel.h"
#include "ui/window.h"

namespace peekaboo::ui {

/// The window's contents: panels around a session. The window's thread.
class Gui {
 public:
  /// Borrows both. `scenes`: what the picker offers.
  Gui(agent::Session* session, agent::Clock clock, std::vector<std::string> scenes);

  /// Draws one frame, between Window's BeginFrame and EndFrame, and does what keys ask for.
  void Draw(const FrameTimes& times, std::span<const KeyPress> pressed = {});
  /// A scene or a model that was dropped on the window or named on the command line.
  void Open(const std::string& path);

  const Theme& theme() const { return dark_ ? DarkTheme() : LightTheme(); }
  float font_scale() const { return font_scale_; }
  bool quit() const { return quit_; }
  /// True once after a screenshot was asked for.
  bool TakeScreenshotRequest() { return std::exchange(screenshot_, false); }
  /// A notice of the window's own.
  void Tell(agent::Notice::Level level, std::string text);

 private:
  enum class Layout { kWatch, kLearn };

  void Do(Action action, const View& view);
  void DrawPanels(const View& view, ImVec2 size);
  void DrawPanel(Panel* panel, const View& view, ImVec2 size);
  /// A bar between two panels, to be dragged: changes `share`.
  void Splitter(const char* id, bool horizontal, float length, float* share, float whole);
  void DrawStatus(const View& view, const FrameTimes& times);
  void DrawNotices(const View& view);
  void DrawHelp();
  void DrawPicker(const View& view);
  void Export(const View& view);

  agent::Session* session_;
  agent::Clock clock_;
  std::vector<std::string> scenes_;
  StagePanel stage_;
  EyePanel eye_;
  SurprisePanel surprise_;
  LearningPanel learning_;
  ControlsPanel controls_;

  Layout layout_ = Layout::kWatch;
  float left_ = 0.64f, stage_share_ = 0.66f, eye_share_ = 0.36f;
  bool dark_ = true, help_ = false, picker_ = false, quit_ = false, screenshot_ = false;
  float font_scale_ = 1;
  char filter_[128] = "";
  struct Toast {
    agent::Notice::Level level;
    std::string text;
    double until;  // s, by the clock
  };
  std::vector<Toast> toasts_;
  int64_t seen_notice_ = 0;
};

}  // namespace peekaboo::ui
