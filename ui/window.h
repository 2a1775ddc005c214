#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/media/image.h"
#include "ui/key_map.h"
#include "ui/theme.h"

namespace peekaboo::ui {

/// How long frames took.
struct FrameTimes {
  double p50 = 0, p95 = 0, most = 0;  ///< ms, of the last kKept frames
  double per_second = 0;              ///< of recent ones; few where nothing moves
  int64_t count = 0;                  ///< of all
  static constexpr int kKept = 300;
};

/// A window of the operating system with OpenGL and Dear ImGui in it. The main thread only, but for
/// Wake; one at a time.
class Window {
 public:
  /// How the window begins.
  struct Options {
    std::string title = "Peekaboo";
    int width = 1280, height = 720;  ///< screen coordinates
  };
  /// Throws UserError that says what is missing where there is no display or no OpenGL.
  explicit Window(const Options& options);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  std::pair<int, int> size() const;  ///< width and height, screen coordinates
  bool ShouldClose() const;
  void Close();

  /// Sleeps until there is input, Wake is called or `seconds` have passed.
  void Wait(double seconds);
  /// Ends a Wait. Any thread.
  static void Wake();

  /// Begins a frame of ImGui's; fonts and theme are rebuilt here when they or the scale changed.
  void BeginFrame(const Theme& theme, float font_scale);
  /// Draws it and shows it; `picture`, if given, gets what is shown.
  void EndFrame(sim::Image* picture = nullptr);

  /// Files that were dropped on it since the last call.
  std::vector<std::string> TakeDropped();
  /// Keys that went down since the last call, however short, in order; repeats count.
  std::vector<KeyPress> TakePressed();

  /// From BeginFrame to the end of drawing, waiting for the screen not counted.
  FrameTimes Times() const;
  /// Of the operating system: 2 on a screen with twice the dots.
  float scale() const { return scale_; }

 private:
  struct Native;
  std::unique_ptr<Native> native_;
  const Theme* theme_ = nullptr;
  float scale_ = 1, applied_ = 0;
  std::vector<double> times_;
  double ended_ = 0, interval_ = 0;  // s: the last frame's end, running mean from end to end
  int64_t frames_ = 0;
  double began_ = 0;
};

}  // namespace peekaboo::ui
