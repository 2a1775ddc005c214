#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/session/session.h"
#include "ui/key_map.h"
#include "ui/layout.h"
#include "ui/panels/stage_panel.h"
#include "ui/scene_picker.h"
#include "ui/settings.h"
#include "ui/toasts.h"
#include "ui/widget_map.h"
#include "ui/window.h"

namespace peekaboo::ui {

/// What people ask of the program around the window: files are its business.
enum class Request { kScreenshot, kRecord, kExport };

/// A part of the window, as shares of its width and height from the top left.
struct Part {
  float left = 0, top = 0, right = 1, bottom = 1;
};

/// The window's contents: panels around a session. The window's thread.
class Gui {
 public:
  /// Borrows `session`. `scenes`: what the picker offers.
  Gui(agent::Session* session, agent::Clock clock, std::vector<std::string> scenes,
      const Settings& settings);

  /// Draws one frame, between Window's BeginFrame and EndFrame, and does what keys ask for.
  void Draw(const FrameTimes& times, std::span<const KeyPress> pressed = {});
  /// A scene or a model that was dropped on the window or named on the command line.
  void Open(const std::string& path);

  /// One of LayoutTypes, by its name.
  void ShowLayout(std::string name) { settings_.layout = std::move(name); }

  const Theme& theme() const { return settings_.dark ? DarkTheme() : LightTheme(); }
  float font_scale() const { return static_cast<float>(settings_.font_scale); }
  bool quit() const { return quit_; }
  /// With everything as it now is, but for the window's size.
  Settings settings() const;
  /// What was asked for since the last call.
  std::vector<Request> TakeRequests() { return std::exchange(requests_, {}); }
  /// A notice of the window's own.
  void Tell(agent::Notice::Level level, std::string text);
  /// The file that is being filmed, for the status bar; empty: none.
  void SetRecording(std::string file) { recording_ = std::move(file); }
  const std::string& recording() const { return recording_; }
  /// What a recording that was asked for shall show.
  const Part& part() const { return part_; }
  /// Something moves although the session stands still: another frame is due.
  bool restless() const { return !toasts_.empty(); }

  /// From now on, each frame is noted in widgets(): for whoever drives the window from outside.
  void NoteWidgets() { widgets_ = std::make_unique<WidgetMap>(); }
  /// Of the last frame; nullptr if they are not noted.
  const WidgetMap* widgets() const { return widgets_.get(); }
  /// Where in the window the things of the stage are, ImGui's coordinates.
  const std::map<std::string, ImVec2>& places() const { return stage_->places(); }
  bool help_open() const { return help_; }
  bool picker_open() const { return picker_.is_open(); }

 private:
  void Post(agent::Command command);
  void Do(Shortcut shortcut, const View& view);
  Panel* FindPanel(std::string_view name);
  Layout& layout();
  Part PartUnderMouse();
  void DrawStatus(const View& view, const FrameTimes& times);

  agent::Session* session_;
  agent::Clock clock_;
  Settings settings_;
  std::map<std::string, std::unique_ptr<Panel>, std::less<>> panels_;  // by PanelType::name
  StagePanel* stage_;  // the one of them that has wands and cameras
  std::vector<Layout> layouts_;
  ScenePicker picker_;
  Toasts toasts_;
  std::unique_ptr<WidgetMap> widgets_;
  bool help_ = false, quit_ = false;
  std::vector<Request> requests_;
  std::optional<int64_t> hovered_;
  std::string recording_;
  Part part_;
};

}  // namespace peekaboo::ui
