#pragma once

#include <string>
#include <vector>

#include "agent/session/notices.h"
#include "ui/theme.h"

namespace peekaboo::ui {

/// Notices that show in a corner of the window for a while. The window's thread.
class Toasts {
 public:
  /// Says it again for longer if it already shows.
  void Tell(agent::Notice::Level level, std::string text, double now);
  /// All of these that are new.
  void Follow(const agent::Notices& notices, double now);
  void Draw(const Theme& theme, double now);
  bool empty() const { return toasts_.empty(); }

 private:
  struct Toast {
    agent::Notice::Level level;
    std::string text;
    double until;  // s, by the session's clock
  };
  std::vector<Toast> toasts_;
  int64_t seen_ = 0;
};

}  // namespace peekaboo::ui
