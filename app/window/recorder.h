#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/bounded_queue.h"
#include "sim/media/image.h"

namespace peekaboo::app {

/// Films a window: pictures come from the window's thread, which never waits; a thread of its own
/// encodes them. Frames that come while kQueued wait, and frames of another size, are left out.
class WindowRecorder {
 public:
  static constexpr size_t kQueued = 8;

  /// `fps`: the pace at which pictures come.
  WindowRecorder(std::string path, double fps);
  /// Writes the file if it was not finished.
  ~WindowRecorder();

  void Add(sim::Image picture);
  /// Writes the file. Throws UserError, as sim::VideoWriter does. Once.
  void Finish();

  const std::string& path() const { return path_; }
  int64_t frames() const { return frames_; }

 private:
  void Encode();

  const std::string path_;
  const double fps_;
  BoundedQueue<sim::Image> pictures_;
  std::atomic<int64_t> frames_ = 0;
  std::string error_;  // of the thread, read after it has ended
  std::thread thread_;
};

}  // namespace peekaboo::app
