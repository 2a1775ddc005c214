#include "app/window/recorder.h"

#include <exception>
#include <optional>
#include <utility>

#include "base/error.h"
#include "sim/media/video.h"

namespace peekaboo::app {

WindowRecorder::WindowRecorder(std::string path, double fps)
    : path_(std::move(path)), fps_(fps), pictures_(kQueued) {
  thread_ = std::thread([this] { Encode(); });
}

WindowRecorder::~WindowRecorder() {
  pictures_.Close();
  if (thread_.joinable()) thread_.join();
}

void WindowRecorder::Add(sim::Image picture) { pictures_.Offer(std::move(picture)); }

void WindowRecorder::Finish() {
  pictures_.Close();
  thread_.join();
  if (!error_.empty()) throw UserError("recording", error_);
}

void WindowRecorder::Encode() {
  try {
    std::optional<sim::VideoWriter> writer;
    int height = 0, width = 0;
    while (const auto picture = pictures_.Next()) {
      if (!writer) {
        height = picture->height;
        width = picture->width;
        writer.emplace(path_, height, width, fps_);
      }
      if (picture->height != height || picture->width != width) continue;
      writer->Add(picture->rgb);
      ++frames_;
    }
    if (writer) writer->Close();
  } catch (const std::exception& error) {
    error_ = error.what();
  }
}

}  // namespace peekaboo::app
