#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace peekaboo::lab {

/// What is counted, as it is shown.
struct ProgressUnit {
  std::string name = "";  ///< "steps", "min"; may be empty
  int64_t size = 1;       ///< counts that make one of them; above 1 it is shown with a decimal
};

/// "train 1200/5000 steps 24% 3 min 20 s left, loss 0.31": on a terminal one line that rewrites
/// itself up to ten times a second, elsewhere (a log file) one line a minute. Used by one thread at
/// a time.
class Progress {
 public:
  /// Where it writes and what time it is: injected, so that tests need neither a terminal nor time.
  struct Host {
    std::function<void(std::string_view)> write;
    std::function<double()> now;  ///< seconds, monotonic
    bool terminal = false;        ///< rewrite one line instead of adding lines
    int width = 80;               ///< columns of the terminal; longer lines are cut
  };
  /// stderr, as it is; writes nothing when `quiet`.
  static Host StandardError(bool quiet);

  /// `total` > 0 counts, of which `done` were done before (a resumed run): they are part of the
  /// percentage but not of the speed.
  Progress(std::string label, int64_t total, Host host, int64_t done = 0, ProgressUnit unit = {});
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Leaves the cursor at the start of a fresh line.
  ~Progress();

  /// Cheap when there is nothing to write yet. `note` is shown at the end of the line.
  void Update(int64_t done, std::string_view note = "");
  /// Writes the last state with the time spent. Once; the destructor does not.
  void Finish(std::string_view note = "");

 private:
  void Show(const std::string& line);
  std::string Line(int64_t done, const std::string& time, std::string_view note) const;
  std::string Count(int64_t count) const;

  std::string label_;
  int64_t total_;
  Host host_;
  ProgressUnit unit_;
  int64_t first_;
  int64_t done_;
  double start_;
  double next_;  // when the next line is due, seconds
  bool line_is_open_ = false;
};

/// "4 s", "3 min 20 s", "2 h 05 min".
std::string FormatDuration(double seconds);

}  // namespace peekaboo::lab
